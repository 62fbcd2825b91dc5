import { againstBound, type BenchResult, median } from '../harness/bench-result.ts';
import type { WorkedJob } from './job-process.ts';
import { LIMITS } from './limits.ts';
import { runCapped } from './run-capped.ts';
import type { Started } from './start-process.ts';

/** A job to measure, in a file. */
export interface MeasuredJob {
  readonly name: string;
  readonly file: string;
  /** Megabytes in memory at most. */
  readonly memory: number;
}

/**
 * CPU time of the worker's requests while it works jobs off, and the memory of the process that does it.
 *
 * @param bundle the worker's path
 */
export function measureJobs(bundle: string, jobs: readonly MeasuredJob[], rounds: number): BenchResult[] {
  const worked = jobs.map(() => [] as WorkedJob[]);
  const empty: number[] = [];
  for (let round = 0; round < rounds; round++) {
    empty.push(runCapped<Started>('start-process.ts').peak_mb);
    for (const [i, { file }] of jobs.entries()) {
      worked[i].push(runCapped<WorkedJob>('job-process.ts', bundle, file));
    }
  }
  return [
    ...jobs.map(({ name }, i) => stepResult(name, worked[i])),
    ...jobs.map(({ name, memory }, i) =>
      memoryResult(
        name,
        worked[i].map(({ peak_mb }) => peak_mb),
        memory,
      ),
    ),
    memoryResult('an empty Deno process', empty, null),
  ];
}

/** Memory at its peak, by process. */
export function memoryResult(what: string, peaks: readonly number[], target: number | null): BenchResult {
  return againstBound(
    {
      case: `memory at its peak, ${what}`,
      unit: 'MB',
      target,
      note: `resident set with the 40 MB of Deno itself: ${range(peaks, 1)} MB`,
    },
    peaks,
  );
}

/** A job judged by its largest step: the median of the processes. */
export function stepResult(name: string, worked: readonly WorkedJob[]): BenchResult {
  const largest = worked.map(({ steps }) => Math.max(...steps));
  const sums = worked.map(({ steps }) => steps.reduce((sum, step) => sum + step, 0));
  const counts = worked.map(({ steps }) => steps.length);
  const wall = worked.map((job) => Math.max(...job.wall));
  const checkpoints = worked.map(({ checkpoint }) => checkpoint / 1000);
  return againstBound(
    {
      case: `largest step of a job, ${name}, CPU`,
      unit: 's',
      target: LIMITS.stepSeconds,
      note:
        `${range(largest, 2)} s; ${range(counts, 0)} steps, ${median(sums).toFixed(2)} s in all (${range(sums, 2)}); ` +
        `the longest took ${median(wall).toFixed(2)} s by the wall clock, which is what the worker's budget counts; ` +
        `checkpoints to ${median(checkpoints).toFixed(0)} kB`,
    },
    largest,
  );
}

/** The smallest and the largest. */
export function range(values: readonly number[], digits: number): string {
  const [least, most] = [Math.min(...values), Math.max(...values)].map((value) => value.toFixed(digits));
  return least === most ? least : `${least} to ${most}`;
}
