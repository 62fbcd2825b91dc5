import { readFileSync } from 'node:fs';
import type { FunctionBundle } from '../../src/cli/bundle-functions.ts';
import { LSTM_KERNEL_BASE64 } from '../../src/shared/models/lstm/kernel/lstm-kernel-bytes.ts';
import { againstBound, type BenchResult } from '../harness/bench-result.ts';
import { LIMITS } from './limits.ts';
import { range } from './measure-jobs.ts';
import { runCapped } from './run-capped.ts';
import type { Started } from './start-process.ts';

/** Functions that compute with the kernel: its bytes are in their bundles. */
const WITH_KERNEL = ['forecast', 'forecast-worker'];

/**
 * CPU time of a fresh process that imports a function's bundle until it would serve, less that of an empty one.
 *
 * @throws Error when a function would not serve
 */
export function measureColdStarts(bundles: readonly FunctionBundle[], rounds: number): BenchResult[] {
  const start = (...args: readonly string[]) => runCapped<Started>('start-process.ts', ...args).cpu_ms;
  // Once before: Deno keeps what it has found out about the files.
  start();
  for (const { path } of bundles) start(path);
  const empty: number[] = [];
  const whole = bundles.map(() => [] as number[]);
  for (let round = 0; round < rounds; round++) {
    empty.push(start());
    for (const [i, { path }] of bundles.entries()) whole[i].push(start(path));
  }
  return [
    ...bundles.flatMap(({ name }, i) => {
      const net = whole[i].map((milliseconds, round) => milliseconds - empty[round]);
      return [
        againstBound(
          {
            case: `cold start, ${name}, CPU`,
            unit: 'ms',
            target: LIMITS.coldStartMilliseconds,
            note: `less an empty process: ${range(net, 0)} ms`,
          },
          net,
        ),
        againstBound(
          {
            case: `cold start, ${name}, with the process itself`,
            unit: 'ms',
            target: null,
          },
          whole[i],
        ),
      ];
    }),
    againstBound({ case: 'cold start, an empty Deno process', unit: 'ms', target: null }, empty),
  ];
}

/** Size of each function with all that it imports. @throws Error when one that computes lacks the kernel */
export function measureBundles(bundles: readonly FunctionBundle[]): BenchResult[] {
  return bundles.map(({ name, path, bytes }) => {
    const kernel = readFileSync(path, 'utf8').includes(LSTM_KERNEL_BASE64);
    if (WITH_KERNEL.includes(name) && !kernel) throw new Error(`The bundle of ${name} lacks the LSTM kernel`);
    return againstBound(
      {
        case: `bundle, ${name}`,
        unit: 'MB',
        target: LIMITS.bundleMegabytes,
        note: `${bytes} bytes, npm packages included, not minified${kernel ? ', with the LSTM kernel' : ''}`,
      },
      [bytes / 1e6],
    );
  });
}
