import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleFunctions } from '../../src/cli/bundle-functions.ts';
import { presetConfiguration } from '../../src/shared/ensemble/presets.ts';
import type { BenchReport } from '../harness/bench-result.ts';
import { benchBars } from '../harness/bench-series.ts';
import { describeMachine } from '../harness/machine.ts';
import { FIT_BARS, forecastJob, WINDOW_BARS, windowJob } from './bench-jobs.ts';
import { LIMITS } from './limits.ts';
import { measureBundles, measureColdStarts } from './measure-functions.ts';
import { type MeasuredJob, measureJobs } from './measure-jobs.ts';
import { measureLiveFit } from './measure-live-fit.ts';
import type { BenchJob } from './stand-in-database.ts';

/**
 * What the Edge Functions take of the platform's limits: CPU time (user and system, all threads) and memory of fresh Deno processes
 * whose heap is capped, and the size of the functions. Medians; a figure that is exceeded fails the command.
 */
export async function budgetBench(options: {
  readonly csv: string | undefined;
  readonly rounds: number;
}): Promise<BenchReport> {
  const { rounds } = options;
  const machine = describeMachine();
  const directory = mkdtempSync(join(tmpdir(), 'plumbline-bench-'));
  try {
    const bars = benchBars(options.csv, new Date().toISOString(), WINDOW_BARS);
    const write = (name: string, document: unknown) => {
      const path = join(directory, name);
      writeFileSync(path, JSON.stringify(document));
      return path;
    };
    process.stderr.write('bundles\n');
    const bundles = await bundleFunctions(directory);
    const worker = bundles.find(({ name }) => name === 'forecast-worker')!;
    const fitBars = bars.slice(-FIT_BARS);
    const baseline = presetConfiguration(4);
    const job = (name: string, file: string, work: BenchJob, memory: number): MeasuredJob => ({
      ...{ name, file: write(file, work), memory },
    });
    const { memoryMegabytes, baselineMegabytes } = LIMITS;
    const jobs = [
      job('validation of a window', 'window.json', windowJob(bars), memoryMegabytes),
      job('forecast', 'forecast.json', forecastJob(fitBars), memoryMegabytes),
      job(
        'validation of a window, four models',
        'window-4.json',
        windowJob(bars, baseline),
        baselineMegabytes,
      ),
      job('forecast, four models', 'forecast-4.json', forecastJob(fitBars, baseline), baselineMegabytes),
    ];
    const sizes = measureBundles(bundles);
    process.stderr.write('cold starts\n');
    const starts = measureColdStarts(bundles, rounds);
    process.stderr.write('steps of jobs\n');
    const steps = measureJobs(worker.path, jobs, rounds);
    process.stderr.write('live fits\n');
    const fits = measureLiveFit(write('bars.json', fitBars), rounds);
    return {
      bench: 'budget',
      machine: {
        ...machine,
        series: `${WINDOW_BARS} bars, ${bars[0].time} to ${bars[WINDOW_BARS - 1].time}`,
        rounds,
      },
      peers: [],
      results: [...steps, ...fits, ...starts, ...sizes],
      enforced: true,
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
