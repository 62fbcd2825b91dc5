import type { WorkedJob } from '../budget/job-process.ts';
import { LIMITS } from '../budget/limits.ts';
import { memoryResult, range } from '../budget/measure-jobs.ts';
import { againstBound, type BenchResult, median } from '../harness/bench-result.ts';
import type { ReadEvidence } from './read-evidence.ts';

/** What the evidence of 500 symbols and 60 sessions may take. */
const MOST = { milliseconds: 1_000, megabytes: 1 };

/** @param judged processes that judged it, at least one */
export function evidenceResults(
  { milliseconds, bytes }: Omit<ReadEvidence, 'evidence'>,
  judged: readonly WorkedJob[],
): BenchResult[] {
  const cpu = judged.map(({ steps }) => 1000 * sum(steps));
  const wall = judged.map((job) => 1000 * sum(job.wall));
  const calibration = median(judged.map(({ calibration_ns }) => calibration_ns));
  const rpc = { unit: 'ms', target: MOST.milliseconds, note: `${range(milliseconds, 0)} ms` } as const;
  return [
    againstBound({ case: 'rpc rollout_evidence, median', ...rpc }, milliseconds),
    againstBound({ case: 'rpc rollout_evidence, largest', ...rpc }, [Math.max(...milliseconds)]),
    againstBound({ case: 'the document', unit: 'MB', target: MOST.megabytes, note: `${bytes} bytes` }, [
      bytes / 1e6,
    ]),
    againstBound(
      {
        case: 'judging it, CPU',
        unit: 'ms',
        target: 1000 * LIMITS.requestSeconds,
        note:
          `the request of a fresh process that has imported the function: ${range(cpu, 0)} ms, ${range(wall, 0)} ms by the wall clock; ` +
          `a step of the calibration loop took ${calibration.toFixed(2)} ns`,
      },
      cpu,
    ),
    memoryResult(
      'judging it',
      judged.map(({ peak_mb }) => peak_mb),
      LIMITS.memoryMegabytes,
    ),
  ];
}

function sum(seconds: readonly number[]): number {
  return seconds.reduce((total, one) => total + one, 0);
}
