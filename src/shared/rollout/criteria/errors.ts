import type { CriterionResult } from '../../contracts/rollout-evaluation.ts';
import type { RolloutEvidence } from '../../contracts/rollout-evidence.ts';
import { listed } from '../wording.ts';

const NONE = 'Since the stage began no job ended dead, no run failed and no error went unhandled';
const NONE_OF_ITS_OWN = "Since the stage began no failure was the candidate's";

/**
 * No job ended dead, no run failed, no error went unhandled since the stage began, by a fault of the candidate, of the judge or of the bars. `n`
 * is how many did; the newest are named. How many were others' faults is said too.
 */
export function judgeErrors({ dead_jobs, failed_runs, errors, set_aside }: RolloutEvidence): CriterionResult {
  const jobs = dead_jobs.latest.map(({ id, kind, symbol, horizon, code }) =>
    [`job ${id}`, kind, symbol, horizon, code].filter((part) => part !== null).join(' '),
  );
  const runs = failed_runs.latest.map(({ id, kind, code }) =>
    [`run ${id}`, kind, code].filter((part) => part !== null).join(' '),
  );
  const unhandled = errors.latest.map(({ id, source, code }) => `error ${id} ${source} ${code}`);
  const all = [...jobs, ...runs, ...unhandled];
  const count = dead_jobs.count + failed_runs.count + errors.count;
  const aside = Object.entries(set_aside).map(([whose, n]) => `${whose} ${n}`);
  const others = aside.length > 0 ? `; not held against the candidate: ${aside.join(', ')}` : '';
  const none = aside.length > 0 ? NONE_OF_ITS_OWN : NONE;
  return {
    criterion: 'errors',
    verdict: count > 0 ? 'fail' : 'pass',
    n: count,
    figures: {
      dead_jobs: jobs,
      failed_runs: runs,
      errors: unhandled,
      ...(aside.length > 0 && { set_aside }),
    },
    sentence: count > 0 ? `Since the stage began: ${listed(all, count)}${others}.` : `${none}${others}.`,
    bars_needed: null,
  };
}
