import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVERY_DAY } from '../../../src/shared/calendars/built-in-calendars.ts';
import { ensembleConfigurationSchema } from '../../../src/shared/contracts/ensemble-configuration.ts';
import type { ClaimedJob, JobOf } from '../../../src/shared/contracts/job.ts';
import type { StoredWindow } from '../../../src/shared/divergence/judge-fit.ts';
import { sumReturns } from '../../../src/shared/ensemble/expanding-mean.ts';
import { FittedEnsemble } from '../../../src/shared/ensemble/fitted-ensemble.ts';
import { defaultConfiguration } from '../../../src/shared/ensemble/presets.ts';
import { FitError } from '../../../src/shared/errors/fit-error.ts';
import { StoreError } from '../../../src/shared/errors/store-error.ts';
import type { FitProcedureResult } from '../../../src/shared/evaluation/fit-procedure.ts';
import { ComputeMeter, stepsOf } from '../../../src/shared/jobs/compute-meter.ts';
import { fingerprint } from '../../../src/shared/jobs/fingerprint.ts';
import type { JobQueue } from '../../../src/shared/jobs/job-queue.ts';
import { forecastWork, windowWork } from '../../../src/shared/jobs/job-work.ts';
import { runNextJob } from '../../../src/shared/jobs/run-next-job.ts';
import type { Json } from '../../../src/shared/json.ts';
import type { Resumable } from '../../../src/shared/models/forecaster.ts';
import type { CovariateName } from '../../../src/shared/series/covariate.ts';
import type { ScheduledEvent } from '../../../src/shared/series/scheduled-event.ts';
import { type Series, sliceSeries } from '../../../src/shared/series/series.ts';
import { DEFAULT_DIRECTION_THRESHOLDS } from '../../../src/shared/synthesis/direction.ts';
import { CODE_VERSION } from '../../../src/shared/version.ts';
import { damages } from '../damage.ts';
import { registryWhere } from '../ensemble/failing-members.ts';
import { normalForecast } from '../ensemble/stand-in-members.ts';
import { smallConfiguration, smallSeries } from '../evaluation/small-window.ts';
import { eventOn } from '../models/scheduled-events/simulated-events.ts';
import { scalePrices, simulatedSeries } from '../models/simulated-series.ts';

const SIZES = { train: 280, validation: 50, test: 40, step: 40 };
const ID = '00000000-0000-4000-8000-000000000000';
const base = {
  id: 1,
  run_id: ID,
  lease_token: ID,
  attempt: 1,
  configuration: smallConfiguration,
  config_hash: 'abc',
  on_member_failure: 'fail',
  checkpoint: null,
};
const subject = { symbol: smallSeries.symbol, horizon: '1D', ensemble: 'candidate', sizes: SIZES } as const;
const forecastJob = {
  ...base,
  kind: 'forecast',
  payload: { ...subject, last_bar: 389 },
} as JobOf<'forecast'>;
const windowJob = {
  ...base,
  kind: 'validate_window',
  payload: { ...subject, window_id: 389 },
} as JobOf<'validate_window'>;

/** A queue of one job that remembers what it is told; `broken` makes every report fail. */
function queueOf(job: ClaimedJob | null, broken?: Error) {
  const told: { saved?: Json; progress?: number; completed?: Json; failed?: [string, string, boolean] } = {};
  const queue: JobQueue = {
    claim: async () => job as never,
    saveStep: async (_, checkpoint, progress) => {
      if (broken) throw broken;
      Object.assign(told, { saved: checkpoint, progress });
    },
    complete: async (_, result) => {
      if (broken) throw broken;
      told.completed = result;
    },
    fail: async (_, code, message, retry) => {
      told.failed = [code, message, retry];
      return retry ? 'queued' : 'dead';
    },
  };
  return { queue, told };
}

/** A host on the small series; a budget of 0 ends a step after its first unit of work. */
function hostOf(
  queue: JobQueue,
  stepBudget: number,
  series: Series = smallSeries,
  companions: readonly Series[] = [],
) {
  return {
    queue,
    meter: new ComputeMeter(() => 0, stepsOf(stepBudget)),
    readSeries: async (_symbol: string, _timeframe: string, from: number, count: number) =>
      sliceSeries(series, from, from + count),
    readCompanions: async (symbols: readonly string[]) =>
      companions.filter(({ symbol }) => symbols.includes(symbol)),
    readEvents: async () => new Map<string, readonly ScheduledEvent[]>(),
    readCovariates: async (): Promise<readonly Series[]> => [],
    readForecastContext: async () => ({
      thresholds: DEFAULT_DIRECTION_THRESHOLDS,
      latestWindow: null,
      outcomes: 0,
    }),
    barRules: async () => ({ calendar: EVERY_DAY }),
    latestWindow: async (): Promise<StoredWindow | null> => null,
    now: () => '2024-01-02T03:04:05Z',
  };
}

/** The meter of an isolate that computes nothing but what a test says. */
function meterByHand() {
  let time = 0;
  const meter = new ComputeMeter(() => time);
  const spend = (milliseconds: number) => {
    meter.count(() => {
      time += milliseconds;
    });
  };
  return { meter, spend };
}

/** A clock that stands still: the step runs to its end. */
const UNLIMITED = 1;

describe('the bars of a job', () => {
  it('of a forecast are those of train and validation up to its last bar', () => {
    expect(forecastWork(forecastJob, null).bars).toEqual({ from: 60, count: 330 });
  });

  it('of a window are all of the window up to its last test bar', () => {
    expect(windowWork(windowJob).bars).toEqual({ from: 20, count: 370 });
  });
});

describe('runNextJob', () => {
  it('is idle without a job', async () => {
    expect(await runNextJob(hostOf(queueOf(null).queue, 0))).toEqual({ outcome: 'idle' });
  });

  it('claims nothing in an isolate that has computed all it may', async () => {
    const { queue } = queueOf(null);
    const claimed: string[] = [];
    queue.claim = async () => {
      claimed.push('claimed');
      return null;
    };
    const { meter, spend } = meterByHand();
    spend(1500);
    expect(await runNextJob({ ...hostOf(queue, UNLIMITED), meter })).toEqual({ outcome: 'spent' });
    expect(claimed).toEqual([]);
  });

  it('gives a job back where another request of the isolate has taken the time meanwhile', async () => {
    const { queue, told } = queueOf(windowJob);
    const { meter, spend } = meterByHand();
    const host = hostOf(queue, UNLIMITED);
    const readCompanions = async () => {
      spend(1500);
      return [];
    };
    const outcome = await runNextJob({ ...host, meter, readCompanions });
    expect(outcome).toMatchObject({ outcome: 'stepped', progress: 0 });
    // It goes on from there as from its beginning.
    const again = queueOf({ ...windowJob, checkpoint: told.saved! });
    await runNextJob(hostOf(again.queue, UNLIMITED));
    const whole = queueOf(windowJob);
    await runNextJob(hostOf(whole.queue, UNLIMITED));
    expect(again.told.completed).toEqual(whole.told.completed);
  });

  it('stores forecast and artifact, from the last bar, with what they were made with', async () => {
    const { queue, told } = queueOf(forecastJob);
    expect(await runNextJob(hostOf(queue, UNLIMITED))).toMatchObject({ outcome: 'succeeded' });
    expect(told.completed).toMatchObject({
      forecast: {
        symbol: smallSeries.symbol,
        horizon: '1D',
        ensemble: 'candidate',
        config_hash: 'abc',
        code_version: CODE_VERSION,
        data_cutoff: smallSeries.times[389],
        last_close: smallSeries.close[389],
      },
      artifact: { data_cutoff: smallSeries.times[389], config_hash: 'abc', code_version: CODE_VERSION },
    });
  });

  it('judges a window by the levels of divergence of its job', async () => {
    const levels = { warning: 0.001, overfitting: 0.002, critical: 0.99 };
    const { queue, told } = queueOf({ ...windowJob, payload: { ...windowJob.payload, levels } });
    await runNextJob(hostOf(queue, UNLIMITED));
    expect(told.completed).toMatchObject({ metrics: { divergence_threshold: 0.002 } });
  });

  it('cut into steps of one unit stores the same bits as in one piece', async () => {
    const whole = queueOf(windowJob);
    await runNextJob(hostOf(whole.queue, UNLIMITED));

    let checkpoint: Json = null;
    let completed: Json | undefined;
    let progress = 0;
    for (let steps = 0; completed === undefined; steps++) {
      expect(steps).toBeLessThan(500);
      // Through JSON, as the database keeps it.
      const job = { ...windowJob, checkpoint: JSON.parse(JSON.stringify(checkpoint)) };
      const { queue, told } = queueOf(job);
      await runNextJob(hostOf(queue, 0));
      checkpoint = told.saved ?? null;
      completed = told.completed;
      expect(told.progress ?? 1).toBeGreaterThanOrEqual(progress);
      progress = told.progress ?? 1;
    }
    expect(completed).toEqual(whole.told.completed);
  });

  it.each([
    ['on bars that were restated since', (saved: object) => ({ ...saved, bars: 'others' })],
    ['by other code', (saved: object) => ({ ...saved, code: '0.0.0' })],
  ])('starts over from a checkpoint made %s', async (_name, change) => {
    const first = queueOf(windowJob);
    await runNextJob(hostOf(first.queue, 0));
    const second = queueOf({ ...windowJob, checkpoint: first.told.saved! });
    await runNextJob(hostOf(second.queue, 0));
    expect(second.told.progress).toBeGreaterThan(first.told.progress!);

    const stale = queueOf({ ...windowJob, checkpoint: change(first.told.saved as object) as Json });
    await runNextJob(hostOf(stale.queue, 0));
    expect(stale.told.saved).toEqual(first.told.saved);
  });

  it('starts over from a checkpoint that is damaged in any byte or field', async () => {
    const first = queueOf(windowJob);
    await runNextJob(hostOf(first.queue, 0));
    const second = queueOf({ ...windowJob, checkpoint: first.told.saved! });
    await runNextJob(hostOf(second.queue, 0));
    const saved = JSON.parse(JSON.stringify(second.told.saved)) as Json;
    const property = fc.asyncProperty(damages(saved), async (checkpoint) => {
      const { queue, told } = queueOf({ ...windowJob, checkpoint });
      expect((await runNextJob(hostOf(queue, 0))).outcome).toBe('stepped');
      expect(told.saved).toEqual(first.told.saved);
    });
    await fc.assert(property, { seed: 3, numRuns: 20 });
  });

  describe('before it fits', () => {
    const changedAt = (i: number, factor: number) => {
      const series = structuredClone(smallSeries) as Series;
      for (const column of ['open', 'high', 'low', 'close'] as const) series[column][i] *= factor;
      return series;
    };

    it.each([
      ['forecast', forecastJob],
      ['window', windowJob],
    ])('ends the job of a %s dead when a price cannot be believed, with the bar named', async (_, job) => {
      const { queue, told } = queueOf(job);
      const outcome = await runNextJob(hostOf(queue, UNLIMITED, changedAt(200, 10)));
      expect(outcome).toMatchObject({ outcome: 'dead', code: 'implausible_price' });
      expect(told.failed).toMatchObject([
        'implausible_price',
        expect.stringContaining(smallSeries.times[200]),
        false,
      ]);
      expect(told.completed).toBeUndefined();
    });

    it('believes what the setting allows', async () => {
      const { queue } = queueOf(forecastJob);
      const host = {
        ...hostOf(queue, UNLIMITED, changedAt(200, 10)),
        barRules: async () => ({ calendar: EVERY_DAY, largestMove: 20 }),
      };
      expect(await runNextJob(host)).toMatchObject({ outcome: 'succeeded' });
    });

    it('looks in every step: bars restated since the first one are refused, too', async () => {
      const first = queueOf(windowJob);
      await runNextJob(hostOf(first.queue, 0));
      const { queue } = queueOf({ ...windowJob, checkpoint: first.told.saved! });
      expect(await runNextJob(hostOf(queue, 0, changedAt(200, 10)))).toMatchObject({
        outcome: 'dead',
        code: 'implausible_price',
      });
    });

    it('keeps what is worth a note for the forecast, and nothing twice', async () => {
      const series = structuredClone(smallSeries) as Series;
      for (let i = 300; i < 308; i++) {
        series.close[i] = series.close[300];
        series.high[i] = Math.max(series.high[i], series.close[i]);
        series.low[i] = Math.min(series.low[i], series.close[i]);
      }
      const { queue, told } = queueOf(forecastJob);
      await runNextJob(hostOf(queue, UNLIMITED, series));
      const { forecast } = told.completed as {
        forecast: { quality_notes: { code: string; sentence: string }[] };
      };
      const codes = forecast.quality_notes.map(({ code }) => code);
      expect(codes).toContain('repeated_prices');
      expect(new Set(codes).size).toBe(codes.length);
    });
  });

  describe('with calibrated weights in the configuration', () => {
    const sizes = { train: 280, validation: 110, test: 40, step: 40 };
    const configuration = { ...forecastJob.configuration, weighting: 'calibrated' as const };
    const payload = { ...forecastJob.payload, sizes };
    const complete = async (window: StoredWindow | null, of = configuration) => {
      const { queue, told } = queueOf({ ...forecastJob, payload, configuration: of });
      const asked: unknown[][] = [];
      await runNextJob({
        ...hostOf(queue, UNLIMITED),
        latestWindow: async (...subject) => {
          asked.push(subject);
          return window;
        },
      });
      return { asked, completed: told.completed as { weights: Json; forecast: { members: Json } } };
    };

    it('stores them beside the forecast that was made with them', async () => {
      const { asked, completed } = await complete(null);
      expect(asked).toEqual([[smallSeries.symbol, '1D', 'abc']]);
      const { weights, forecast } = completed as unknown as {
        weights: { weights: Record<string, number> };
        forecast: { members: { name: string; weight: number }[] };
      };
      expect(weights).toMatchObject({
        ...{ symbol: smallSeries.symbol, horizon: '1D', ensemble: 'candidate', config_hash: 'abc' },
        ...{ data_cutoff: smallSeries.times[389], method: 'calibrated', samples: 110, span_days: 109 },
        ...{ reason_code: null, reason: null },
      });
      expect(weights.weights).toEqual(
        Object.fromEntries(forecast.members.map(({ name, weight }) => [name, weight])),
      );
      expect(weights.weights).not.toEqual(smallConfiguration.weights);
    });

    it('goes back to the preset when the latest window was overfitted, and stores why', async () => {
      const { completed } = await complete({ windowId: 389, divergence: 0.1, verdict: 'overfitting' });
      expect(completed.weights).toMatchObject({
        method: 'preset',
        weights: smallConfiguration.weights,
        reason_code: 'overfitting',
        reason: expect.stringContaining('389'),
      });
      expect(completed.forecast.members).toMatchObject([{ weight: 0.3 }, { weight: 0.7 }]);
    });

    it('and without them asks for no window and stores no weights', async () => {
      const { asked, completed } = await complete(null, { ...configuration, weighting: undefined as never });
      expect(asked).toEqual([]);
      expect(completed.weights).toBeNull();
    });
  });

  describe('with companions in the configuration', () => {
    const companion = simulatedSeries(22, 390);
    const names = [companion.symbol, smallSeries.symbol, 'ABSENT'];
    const job = { ...windowJob, configuration: { ...windowJob.configuration, companions: names } };

    it('reads theirs, up to its own last bar, and trains on them', async () => {
      const { queue, told } = queueOf(job);
      const host = hostOf(queue, UNLIMITED, smallSeries, [companion]);
      const asked: unknown[][] = [];
      await runNextJob({
        ...host,
        readCompanions: async (...wanted) => {
          asked.push(wanted);
          return host.readCompanions(wanted[0]);
        },
      });
      expect(asked).toEqual([[[companion.symbol, 'ABSENT'], '1D', smallSeries.times[389], 370]]);
      const alone = queueOf(windowJob);
      await runNextJob(hostOf(alone.queue, UNLIMITED));
      expect(told.completed).toBeDefined();
      expect(told.completed).not.toEqual(alone.told.completed);
    });

    it('starts over when a companion was restated', async () => {
      const first = queueOf(job);
      await runNextJob(hostOf(first.queue, 0, smallSeries, [companion]));
      const second = queueOf({ ...job, checkpoint: first.told.saved! });
      await runNextJob(hostOf(second.queue, 0, smallSeries, [companion]));
      expect(second.told.progress).toBeGreaterThan(first.told.progress!);
      const restated = queueOf({ ...job, checkpoint: first.told.saved! });
      await runNextJob(hostOf(restated.queue, 0, smallSeries, [scalePrices(companion, 1.001)]));
      expect(restated.told.progress).toBe(first.told.progress);
    });
  });

  describe('with scheduled events', () => {
    const companion = simulatedSeries(22, 390);
    const job = {
      ...windowJob,
      configuration: { ...windowJob.configuration, companions: [companion.symbol] },
    };
    const event = eventOn(smallSeries.times[300]);
    const hostWith = (queue: JobQueue, events: readonly ScheduledEvent[], of = smallSeries.symbol) => ({
      ...hostOf(queue, 0, smallSeries, [companion]),
      readEvents: async () => new Map([[of, events]]),
    });

    it("asks once for its own and its companions', around its bars and known at the close of the last", async () => {
      const asked: unknown[][] = [];
      const host = hostOf(queueOf(job).queue, 0, smallSeries, [companion]);
      const readEvents = async (...wanted: unknown[]) => {
        asked.push(wanted);
        return new Map<string, readonly ScheduledEvent[]>();
      };
      await runNextJob({ ...host, readEvents });
      const { times } = smallSeries;
      const moved = (time: string, days: number) =>
        new Date(Date.parse(time) + days * 86_400_000).toISOString().slice(0, 10);
      const knownBy = `${moved(times[389], 1)}T00:00:00Z`;
      expect(asked).toEqual([
        [
          [smallSeries.symbol, companion.symbol],
          { from: moved(times[20], -400), until: moved(times[389], 100), knownBy },
        ],
      ]);
    });

    it.each([
      ['its own', smallSeries.symbol],
      ["a companion's", companion.symbol],
    ])('goes on beside the same ones, and starts over where %s changed', async (_, of) => {
      const first = queueOf(job);
      await runNextJob(hostWith(first.queue, [event], of));
      const again = { ...job, checkpoint: first.told.saved! };
      const second = queueOf(again);
      await runNextJob(hostWith(second.queue, [event], of));
      expect(second.told.progress).toBeGreaterThan(first.told.progress!);
      for (const others of [[], [{ ...event, time: null }], [event, { ...event, kind: 'split' }]]) {
        const changed = queueOf(again);
        await runNextJob(hostWith(changed.queue, others, of));
        expect(changed.told.progress).toBe(first.told.progress);
      }
    });

    it('an artifact says which ones its fit saw, and none where there were none', async () => {
      const eventsOf = async (events: readonly ScheduledEvent[]) => {
        const { queue, told } = queueOf(forecastJob);
        await runNextJob({
          ...hostOf(queue, UNLIMITED),
          readEvents: async () => new Map([[smallSeries.symbol, events]]),
        });
        return (told.completed as { artifact: { state: { events?: string } } }).artifact.state.events;
      };
      const seen = await eventsOf([event]);
      expect(seen).toMatch(/^[0-9a-f]{8}$/);
      expect(await eventsOf([event, { ...event, date: '2999-01-04' }])).toBe(seen);
      expect(await eventsOf([])).toBeUndefined();
    });
  });

  describe('with covariates in the configuration', () => {
    const vix = { ...simulatedSeries(23, 400), symbol: 'VIX' };
    const covariates: CovariateName[] = [
      { symbol: 'VIX', measure: 'level' },
      { symbol: smallSeries.symbol, measure: 'range' },
      { symbol: 'ABSENT', measure: 'range' },
    ];
    /** What the members of a job see beside the bars, and what it stores. */
    const run = async (job: JobOf<'forecast'> | JobOf<'validate_window'>, stored: Series) => {
      const seen = new Set<string>();
      const members = registryWhere('LSTM', 'fit', (_, series) => {
        for (const { symbol, values } of series.covariates ?? []) {
          const { length } = series.times;
          seen.add(`${symbol} ${values.length === length} ${Number.isNaN(values[length - 1])}`);
        }
        return false;
      });
      const configuration = ensembleConfigurationSchema.parse({ ...defaultConfiguration, covariates });
      const { queue, told } = queueOf({ ...job, configuration });
      const asked: unknown[][] = [];
      const outcome = await runNextJob({
        ...hostOf(queue, UNLIMITED),
        members,
        readCovariates: async (...wanted) => {
          asked.push(wanted);
          return [stored];
        },
      });
      expect(outcome).toMatchObject({ outcome: 'succeeded' });
      return { asked, seen: [...seen], completed: told.completed as { readonly forecast: Json } };
    };
    const notesOf = (completed: { readonly forecast: Json }) => {
      const { quality_notes: notes } = completed.forecast as {
        quality_notes: { code: string; sentence: string }[];
      };
      return notes.filter(({ code }) => code === 'covariate_left_out').map(({ sentence }) => sentence);
    };
    const late = sliceSeries(vix, 0, 389);

    it('reads theirs over the span of its bars, and members see them', async () => {
      const { asked, seen, completed } = await run(forecastJob, vix);
      expect(asked).toEqual([[['VIX', 'ABSENT'], smallSeries.times[60], smallSeries.times[389]]]);
      expect(seen).toEqual(['VIX true false']);
      expect(notesOf(completed)).toEqual([
        'The covariate ABSENT:range is left out: there are no daily bars of ABSENT by then.',
      ]);
    });

    it('forecasts without one that is late, and says so', async () => {
      const { seen, completed } = await run(forecastJob, late);
      expect(seen).toEqual([]);
      expect(notesOf(completed)).toContain(
        `The covariate VIX is left out: VIX has no bar of ${smallSeries.times[389]}.`,
      );
    });

    it('validates with one as far as its bars go', async () => {
      expect((await run(windowJob, late)).seen).toEqual(['VIX true false']);
    });
  });

  it('ends a job dead when its data is the reason, naming symbol and window', async () => {
    const seven = new Float64Array(390).fill(7);
    const flat = { ...smallSeries, open: seven, high: seven, low: seven, close: seven };
    const { queue, told } = queueOf(windowJob);
    expect(await runNextJob(hostOf(queue, 0, flat))).toMatchObject({
      outcome: 'dead',
      code: 'repeated_prices',
    });
    expect(told.failed).toEqual([
      'repeated_prices',
      expect.stringMatching(new RegExp(`^${smallSeries.symbol} 1D window 389: `)),
      false,
    ]);
  });

  describe('when a member fails', () => {
    // Not a multiple of 4.
    const { grids: whole } = windowJob.configuration;
    const grids = { ...whole, LSTM: [{ ...whole!.LSTM![0], hiddenUnits: 5 }] };
    const configuration = { ...windowJob.configuration, grids };

    it('ends the job dead, naming symbol, window and member', async () => {
      const { queue, told } = queueOf({ ...windowJob, configuration });
      expect(await runNextJob(hostOf(queue, UNLIMITED))).toMatchObject({
        outcome: 'dead',
        code: 'invalid_hyperparameters',
      });
      expect(told.failed).toEqual([
        'invalid_hyperparameters',
        `${smallSeries.symbol} 1D window 389: LSTM: hiddenUnits is 5, but must be a multiple of 4 from 4 to 128`,
        false,
      ]);
    });

    it('goes on without it if the run was planned so: the row of the forecast shows it', async () => {
      const { queue, told } = queueOf({ ...forecastJob, configuration, on_member_failure: 'drop' });
      expect(await runNextJob(hostOf(queue, UNLIMITED))).toMatchObject({ outcome: 'succeeded' });
      const { forecast } = told.completed as unknown as {
        forecast: { members: object[]; quality_notes: { code: string; figures: object }[] };
      };
      expect(forecast.members).toMatchObject([{ name: 'ARIMA_GARCH', weight: 1 }]);
      expect(forecast.quality_notes.find(({ code }) => code === 'fallback')).toMatchObject({
        figures: { reason: 'member_dropped', member: 'LSTM', error_code: 'invalid_hyperparameters' },
      });
    });

    it('goes on without it if the run was planned so: the row of the window shows it', async () => {
      const { queue, told } = queueOf({ ...windowJob, configuration, on_member_failure: 'drop' });
      expect(await runNextJob(hostOf(queue, UNLIMITED))).toMatchObject({ outcome: 'succeeded' });
      expect(told.completed).toMatchObject({
        metrics: {
          model_count: 1,
          models_used: ['ARIMA_GARCH'],
          hyperparameters: { dropped: [{ member: 'LSTM', code: 'invalid_hyperparameters', since: null }] },
        },
      });
    });

    it('in the forecast itself leaves its weight to the others, in the row of the weights too', async () => {
      const member = (name: 'LSTM' | 'ARIMA_GARCH' | 'GB', weight: number) => ({
        name,
        weight,
        hyperparameters: {},
        fitted: {
          name,
          predict() {
            if (name === 'ARIMA_GARCH') throw new FitError('not_finite', 'no number.');
            return normalForecast(0, 0.01);
          },
          predictRange: () => [],
          toJSON: () => ({}),
        },
      });
      const members = [member('LSTM', 0.4), member('ARIMA_GARCH', 0.5), member('GB', 0.1)];
      const fitted = new FittedEnsemble(smallSeries.symbol, members, 0, sumReturns(smallSeries));
      const weights = {
        method: 'calibrated',
        weights: [0.4, 0.5, 0.1],
        samples: 110,
        spanDays: 109,
        reason: null,
      } as const;
      const done = { result: () => ({ fitted, fit: { failedCandidates: [] }, decision: { weights } }) };
      const job = { ...forecastJob, on_member_failure: 'drop' } as const;
      const stored = await forecastWork(job, null).outcome(
        done as unknown as Resumable<FitProcedureResult>,
        smallSeries,
        hostOf(queueOf(null).queue, 0),
        [],
      );
      const row = stored as unknown as { forecast: { members: object[] }; weights: { weights: object } };
      expect(row.forecast.members).toMatchObject([
        { name: 'LSTM', weight: 0.8 },
        { name: 'GB', weight: 0.2 },
      ]);
      expect(row.weights.weights).toEqual({ LSTM: 0.8, GB: 0.2 });
    });

    it('says nothing of dropped members where there are none', async () => {
      const { queue, told } = queueOf(windowJob);
      await runNextJob(hostOf(queue, UNLIMITED));
      const { metrics } = told.completed as unknown as { metrics: { hyperparameters: object } };
      expect(Object.keys(metrics.hyperparameters)).toEqual([
        'ensemble',
        'config_hash',
        'mean_factor',
        'members',
      ]);
    });
  });

  it('stores what a person reads, with the clock and what the database knows', async () => {
    const { queue, told } = queueOf(forecastJob);
    const asked: unknown[] = [];
    await runNextJob({
      ...hostOf(queue, UNLIMITED),
      readForecastContext: async (subject) => {
        asked.push(subject);
        const latestWindow = {
          windowId: 1,
          lastBarTime: '2001-01-01T00:00:00Z',
          verdict: 'overfitting',
          reasons: ['It is.'],
        } as const;
        return { thresholds: { bullish: 0.99, bearish: 0.01 }, latestWindow, outcomes: 3 };
      },
    });
    expect(asked).toEqual([{ symbol: smallSeries.symbol, horizon: '1D', configHash: 'abc' }]);
    const { forecast } = told.completed as unknown as { forecast: { quality_notes: { code: string }[] } };
    expect(forecast).toMatchObject({
      direction: 'neutral',
      direction_thresholds: { bullish: 0.99, bearish: 0.01 },
    });
    expect(forecast.quality_notes.map(({ code }) => code)).toEqual([
      'stale_data',
      'overfitting',
      'few_outcomes',
    ]);
  });

  it('ends a job dead when bars are missing', async () => {
    const { queue, told } = queueOf(windowJob);
    await runNextJob(hostOf(queue, 0, sliceSeries(smallSeries, 0, 389)));
    expect(told.failed).toEqual(['too_few_bars', expect.stringContaining('369 of them are there'), false]);
  });

  it('has a job tried again when the reason may pass', async () => {
    const { queue, told } = queueOf(windowJob, new Error('the line is down'));
    expect(await runNextJob(hostOf(queue, 0))).toMatchObject({ outcome: 'retried', code: 'internal_error' });
    expect(told.failed![2]).toBe(true);
  });

  it('reports nothing when another worker has the job', async () => {
    const { queue, told } = queueOf(windowJob, new StoreError('lease_lost', 'gone', 409));
    expect(await runNextJob(hostOf(queue, 0))).toMatchObject({ outcome: 'lease_lost' });
    expect(told.failed).toBeUndefined();
  });
});

describe('fingerprint', () => {
  const original = fingerprint(smallSeries);

  it('is the same for the same bars, wherever they lie in memory', () => {
    const padded = { ...smallSeries, close: Float64Array.of(0, ...smallSeries.close).subarray(1) };
    expect(fingerprint(padded)).toBe(original);
  });

  it.each(['open', 'high', 'low', 'close', 'volume'] as const)('changes with one value of %s', (column) => {
    const values = smallSeries[column].slice();
    values[200] += 1e-9;
    expect(fingerprint({ ...smallSeries, [column]: values })).not.toBe(original);
  });

  it('changes when a time changes', () => {
    const times = [...smallSeries.times];
    times[200] = '1999-01-01';
    expect(fingerprint({ ...smallSeries, times })).not.toBe(original);
  });
});
