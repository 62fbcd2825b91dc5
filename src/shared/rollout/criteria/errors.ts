import type { CriterionResult } from '../../contracts/rollout-evaluation.ts';
import type { RolloutEvidence } from '../../contracts/rollout-evidence.ts';
import { listed } from '../wording.ts';

/** No job ended dead, no run failed, no error went unhandled since the stage began. `n` is how many did. */
export function judgeErrors({ dead_jobs, failed_runs, errors }: RolloutEvidence): CriterionResult {
  const jobs = dead_jobs.map(({ id, kind, symbol, horizon, code }) =>
    [`job ${id}`, kind, symbol, horizon, code].filter((part) => part !== null).join(' '),
  );
  const runs = failed_runs.map(({ id, kind, code }) =>
    [`run ${id}`, kind, code].filter((part) => part !== null).join(' '),
  );
  const unhandled = errors.map(({ id, source, code }) => `error ${id} ${source} ${code}`);
  const all = [...jobs, ...runs, ...unhandled];
  return {
    criterion: 'errors',
    verdict: all.length > 0 ? 'fail' : 'pass',
    n: all.length,
    figures: { dead_jobs: jobs, failed_runs: runs, errors: unhandled },
    sentence:
      all.length > 0
        ? `Since the stage began: ${listed(all)}.`
        : 'Since the stage began no job ended dead, no run failed and no error went unhandled.',
    bars_needed: null,
  };
}
