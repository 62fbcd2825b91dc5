import type { CriterionResult } from '../../contracts/rollout-evaluation.ts';
import type { RolloutEvidence } from '../../contracts/rollout-evidence.ts';
import { listed } from '../wording.ts';

/** No job ended dead, no run failed, no error went unhandled since the stage began. `n` is how many did; the newest are named. */
export function judgeErrors({ dead_jobs, failed_runs, errors }: RolloutEvidence): CriterionResult {
  const jobs = dead_jobs.latest.map(({ id, kind, symbol, horizon, code }) =>
    [`job ${id}`, kind, symbol, horizon, code].filter((part) => part !== null).join(' '),
  );
  const runs = failed_runs.latest.map(({ id, kind, code }) =>
    [`run ${id}`, kind, code].filter((part) => part !== null).join(' '),
  );
  const unhandled = errors.latest.map(({ id, source, code }) => `error ${id} ${source} ${code}`);
  const all = [...jobs, ...runs, ...unhandled];
  const count = dead_jobs.count + failed_runs.count + errors.count;
  return {
    criterion: 'errors',
    verdict: count > 0 ? 'fail' : 'pass',
    n: count,
    figures: { dead_jobs: jobs, failed_runs: runs, errors: unhandled },
    sentence:
      count > 0
        ? `Since the stage began: ${listed(all, count)}.`
        : 'Since the stage began no job ended dead, no run failed and no error went unhandled.',
    bars_needed: null,
  };
}
