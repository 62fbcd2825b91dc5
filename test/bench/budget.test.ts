import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  evaluationJob,
  FIT_BARS,
  forecastJob,
  WINDOW_BARS,
  windowJob,
} from '../../bench/budget/bench-jobs.ts';
import type { WorkedJob } from '../../bench/budget/job-process.ts';
import { LIMITS } from '../../bench/budget/limits.ts';
import { BUDGET_LSTM } from '../../bench/budget/live-configuration.ts';
import type { LiveFit } from '../../bench/budget/live-fit-process.ts';
import { measureBundles } from '../../bench/budget/measure-functions.ts';
import { memoryResult, stepResult } from '../../bench/budget/measure-jobs.ts';
import { runCapped } from '../../bench/budget/run-capped.ts';
import { StandInDatabase } from '../../bench/budget/stand-in-database.ts';
import type { Started } from '../../bench/budget/start-process.ts';
import { evidenceResults } from '../../bench/evidence/evidence-results.ts';
import { exitStatus } from '../../bench/harness/bench-result.ts';
import { benchBars } from '../../bench/harness/bench-series.ts';
import { bundleFunctions, type FunctionBundle, functionNames } from '../../src/cli/bundle-functions.ts';
import { forecastContextSchema } from '../../src/shared/contracts/forecast-context.ts';
import { claimedJobSchema } from '../../src/shared/contracts/job.ts';
import { seriesColumnsSchema } from '../../src/shared/contracts/series-columns.ts';
import { defaultConfiguration, presetConfiguration } from '../../src/shared/ensemble/presets.ts';
import { LSTM_GRID, parseLstmHyperparameters } from '../../src/shared/models/lstm/lstm-hyperparameters.ts';
import { evidenceOf } from '../shared/rollout/simulated-evidence.ts';

const directory = mkdtempSync(join(tmpdir(), 'plumbline-bench-test-'));
const bars = benchBars(undefined, '2030-01-01T00:00:00Z', WINDOW_BARS);
/** One member, one entry: a fit of a moment. */
const light = {
  ...defaultConfiguration,
  weights: { ARIMA_GARCH: 1 },
  grids: { ARIMA_GARCH: [{ variance: 'garch', innovations: 'normal' }] },
};
let bundles: FunctionBundle[] = [];

beforeAll(async () => {
  bundles = await bundleFunctions(directory);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('the budget bench', () => {
  it('fails the command when a figure is exceeded', () => {
    const report = (peak: number) => {
      const results = [memoryResult('a process', [90, peak, 95, peak, peak], LIMITS.memoryMegabytes)];
      return { bench: 'budget', machine: {}, peers: [], results, enforced: true };
    };
    expect(exitStatus([report(127.9)], false)).toBe(0);
    expect(exitStatus([report(128.1)], false)).toBe(1);
  });

  it('judges a job by its largest step, in the process that is the median', () => {
    const worked = (...steps: number[]): WorkedJob => ({
      ...{ steps, wall: steps, peak_mb: 90, checkpoint: 1000, calibration_ns: 4 },
    });
    const result = stepResult('a job', [worked(0.9, 0.2), worked(0.3, 1.1, 0.1), worked(0.95)]);
    expect(result).toMatchObject({ ours: 0.95, target: 1, unit: 's', met: true });
    expect(result.note).toContain('1 to 3 steps');
    expect(stepResult('a job', [worked(1.01), worked(0.4, 1.01), worked(0.1)]).met).toBe(false);
  });

  it('has the limits that were set', () => {
    expect(LIMITS).toEqual({
      stepSeconds: 1,
      requestSeconds: 2,
      memoryMegabytes: 128,
      baselineMegabytes: 200,
      liveFitSeconds: 3,
      liveFitStretchSeconds: 2,
      coldStartMilliseconds: 150,
      bundleMegabytes: 5,
    });
  });

  it('bundles every function into one file below its limit, with the kernel where it computes', () => {
    expect(bundles.map(({ name }) => name)).toEqual(functionNames());
    expect(functionNames()).toContain('forecast-worker');
    const results = measureBundles(bundles);
    expect(results.map(({ met }) => met)).toEqual(bundles.map(() => true));
    const withKernel = results.filter(({ note }) => note?.includes('with the LSTM kernel'));
    expect(withKernel.map(({ case: name }) => name)).toEqual(
      expect.arrayContaining(['bundle, forecast', 'bundle, forecast-worker']),
    );
    writeFileSync(join(directory, 'bare.js'), 'export default {}');
    expect(() => measureBundles([{ name: 'forecast', path: join(directory, 'bare.js'), bytes: 17 }])).toThrow(
      'lacks the LSTM kernel',
    );
  });

  it('starts every bundle in Deno until it serves', () => {
    const empty = runCapped<Started>('start-process.ts');
    expect(empty.peak_mb).toBeGreaterThan(10);
    for (const { path } of bundles) {
      const started = runCapped<Started>('start-process.ts', path);
      expect(started.cpu_ms).toBeGreaterThan(empty.cpu_ms);
    }
    expect(() => runCapped('start-process.ts', join(directory, 'none.js'))).toThrow();
  });

  it('lets the worker itself work a job off', () => {
    const worker = bundles.find(({ name }) => name === 'forecast-worker')!;
    const file = join(directory, 'job.json');
    writeFileSync(file, JSON.stringify(forecastJob(bars.slice(-FIT_BARS), light)));
    const { steps, wall, peak_mb } = runCapped<WorkedJob>('job-process.ts', worker.path, file);
    expect(steps.length).toBeGreaterThan(0);
    expect(steps.every((seconds) => seconds > 0)).toBe(true);
    expect(wall).toHaveLength(steps.length);
    expect(peak_mb).toBeGreaterThan(runCapped<Started>('start-process.ts').peak_mb);
  });

  it('lets the function rollout itself judge evidence, in one request', () => {
    const judge = bundles.find(({ name }) => name === 'rollout')!;
    const file = join(directory, 'evaluation.json');
    writeFileSync(file, JSON.stringify(evaluationJob(evidenceOf())));
    const judged = runCapped<WorkedJob>('job-process.ts', judge.path, file);
    expect(judged.steps).toHaveLength(1);
    const results = evidenceResults({ milliseconds: [900, 1100, 800], bytes: 500_000 }, [judged]);
    expect(results.map(({ met }) => met)).toEqual([true, false, true, true, true]);
    // One whose evidence does not come fails.
    writeFileSync(file, JSON.stringify({ ...evaluationJob(evidenceOf()), reads: {} }));
    expect(() => runCapped('job-process.ts', judge.path, file)).toThrow('the bench has no');
  });

  it('hands the worker jobs and bars as the database does, and its checkpoint with the next claim', async () => {
    const baseline = presetConfiguration(4);
    expect(windowJob(bars, baseline).job.payload).toMatchObject({ ensemble: 'baseline' });
    for (const job of [windowJob(bars), forecastJob(bars.slice(-FIT_BARS))]) {
      const database = new StandInDatabase(job);
      const call = async (name: string, body: unknown) => {
        const url = `http://127.0.0.1:1/rest/v1/rpc/${name}`;
        const response = await database.answer(
          new Request(url, { method: 'POST', body: JSON.stringify(body) }),
        );
        return [response.status, await response.json()] as const;
      };
      database.prepare();
      const [, claimed] = await call('claim_job', {});
      expect(claimedJobSchema.parse(claimed)).toMatchObject({
        configuration: defaultConfiguration,
        checkpoint: null,
      });
      const [, columns] = await call('read_series', {});
      expect(seriesColumnsSchema.parse(columns).close).toEqual(
        bars.slice(-columns.times.length).map(({ close }) => close),
      );
      const [, context] = await call('forecast_context', {});
      expect(forecastContextSchema.parse(context)).toMatchObject({ latestWindow: null, outcomes: 0 });
      const checkpoint = { state: 'AAA=', unit: 3 };
      expect(await call('save_step', { p_job_id: 1, p_checkpoint: checkpoint })).toEqual([200, null]);
      database.prepare();
      expect((await call('claim_job', {}))[1]).toMatchObject({ checkpoint });
      expect(database.largestCheckpoint).toBe(JSON.stringify(checkpoint).length);
      expect((await call('drop_everything', {}))[0]).toBe(400);
    }
  });

  it('reads the bars and imports what a live fit needs in the process that is subtracted too', () => {
    const file = join(directory, 'bars.json');
    writeFileSync(file, JSON.stringify(bars.slice(-FIT_BARS)));
    const nothing = runCapped<LiveFit>('live-fit-process.ts', 'nothing', file);
    expect(nothing.chosen).toBeNull();
    expect(nothing.cpu_ms).toBeGreaterThan(0);
  });

  it('fits the LSTM of the budget: the largest entry of the grid, with 50 passes', () => {
    expect(parseLstmHyperparameters(BUDGET_LSTM)).toEqual({
      ...parseLstmHyperparameters(LSTM_GRID.find(({ hiddenUnits }) => hiddenUnits === 32)!),
      monteCarloPasses: 50,
    });
  });
});
