import { fileURLToPath } from 'node:url';
import { againstBound, type BenchResult } from '../harness/bench-result.ts';
import { denoCommand, runForJson } from '../harness/deno-command.ts';

const SCRIPT = fileURLToPath(new URL('cold-process.ts', import.meta.url));
const TARGET_MS = 400;
const NAME = 'ARIMA_GARCH, first whole fit in a fresh Deno process, CPU';

/**
 * CPU time of the first whole fit of `ARIMA_GARCH`: processes that fit every entry of its grid on 1,000 returns, between
 * processes that only import the same modules and read the same bars.
 *
 * @param barsFile a JSON array of bars
 */
export function measureColdFit(barsFile: string, rounds: number): BenchResult[] {
  // Once before: Deno keeps what it has made of the TypeScript.
  run('nothing', barsFile);
  const whole: number[] = [];
  const fits: number[] = [];
  let sets = 0;
  for (let round = 0; round < rounds; round++) {
    const nothing = run('nothing', barsFile);
    const fit = run('fit', barsFile);
    whole.push(fit.cpu_ms);
    fits.push(fit.cpu_ms - nothing.cpu_ms);
    sets = fit.sets;
  }
  const range = (values: readonly number[]) =>
    `${Math.min(...values).toFixed(0)} to ${Math.max(...values).toFixed(0)} ms over ${rounds} rounds`;
  return [
    againstBound(
      {
        case: NAME,
        unit: 'ms',
        target: TARGET_MS,
        note: `${sets} entries of the grid, each with its orders and starts; user + system of the process with the fit, all its threads, less that of a process that only imports the same modules and reads the same bars: ${range(fits)}`,
      },
      fits,
    ),
    againstBound(
      {
        case: `${NAME}, with the process itself`,
        unit: 'ms',
        target: null,
        note: `nothing subtracted: ${range(whole)}`,
      },
      whole,
    ),
  ];
}

function run(what: 'fit' | 'nothing', barsFile: string): { cpu_ms: number; sets: number } {
  return runForJson(denoCommand(SCRIPT, [what, barsFile]));
}
