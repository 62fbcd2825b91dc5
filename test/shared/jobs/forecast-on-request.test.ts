import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVERY_DAY } from '../../../src/shared/calendars/built-in-calendars.ts';
import { withChecksum } from '../../../src/shared/checksum.ts';
import type { OnMemberFailure } from '../../../src/shared/ensemble/dropped-member.ts';
import { EnsembleFit } from '../../../src/shared/ensemble/ensemble-fit.ts';
import { defaultConfiguration } from '../../../src/shared/ensemble/presets.ts';
import { StoreError } from '../../../src/shared/errors/store-error.ts';
import { ComputeMeter } from '../../../src/shared/jobs/compute-meter.ts';
import { fittedEvents } from '../../../src/shared/jobs/events-beside.ts';
import { type ForecastStore, forecastOnRequest } from '../../../src/shared/jobs/forecast-on-request.ts';
import type { Json } from '../../../src/shared/json.ts';
import { unlimitedBudget } from '../../../src/shared/models/forecaster.ts';
import type { ScheduledEvent } from '../../../src/shared/series/scheduled-event.ts';
import { sliceSeries } from '../../../src/shared/series/series.ts';
import { withEvents } from '../../../src/shared/series/with-events.ts';
import { DEFAULT_DIRECTION_THRESHOLDS } from '../../../src/shared/synthesis/direction.ts';
import { CODE_VERSION } from '../../../src/shared/version.ts';
import { damages } from '../damage.ts';
import { registryWhere } from '../ensemble/failing-members.ts';
import { standInRegistry } from '../ensemble/stand-in-members.ts';
import { simulatedSeries } from '../models/simulated-series.ts';

const series = simulatedSeries(4, 205);
const ID = '00000000-0000-4000-8000-000000000000';
const RESTATED_AT = '2026-11-30T08:00:00.123456+00:00';

/** An ensemble that was fitted five bars ago. */
function fittedState(): Json {
  const fit = new EnsembleFit({
    series: sliceSeries(series, 0, 200),
    train: 140,
    validation: 60,
    configuration: defaultConfiguration,
    registry: standInRegistry,
  });
  fit.step(unlimitedBudget);
  return fit.result().fitted.toJSON();
}
const fittedOnce = fittedState();
/** As a worker stores it, and PostgreSQL gives it back. */
const artifactState = () => JSON.parse(JSON.stringify(withChecksum(fittedOnce))) as Json;

/** A store with one symbol, that remembers what it is given. */
function storeWith(onMemberFailure: OnMemberFailure, codeVersion = CODE_VERSION, state = artifactState()) {
  const told: { row?: { readonly [column: string]: Json }; planned?: readonly string[] } = {};
  const store: ForecastStore = {
    state: async () => [
      {
        ...{ symbol: series.symbol, bars: 205, restated_at: RESTATED_AT, forecast_id: null, failure: null },
        artifact: { id: 7, cutoff_bar: 199 },
      },
    ],
    artifact: async (id) => ({
      id,
      ensemble: 'candidate',
      configHash: 'abc',
      codeVersion,
      covariates: [],
      state,
    }),
    fittedBars: async () => 200,
    barRules: async () => ({ calendar: EVERY_DAY }),
    onMemberFailure: async () => onMemberFailure,
    readSeries: async (_, __, from, count) => sliceSeries(series, from, from + count),
    readEvents: async () => new Map(),
    readCovariates: async () => [],
    readContext: async () => ({ thresholds: DEFAULT_DIRECTION_THRESHOLDS, latestWindow: null, outcomes: 0 }),
    storeForecast: async (_, row) => {
      told.row = row as { readonly [column: string]: Json };
      return 11;
    },
    plan: async (symbols) => {
      told.planned = symbols;
      return ID;
    },
  };
  return { store, told };
}

/** Of an isolate with time to spare. */
const meter = () => new ComputeMeter(() => 0);
const NOW = `${series.times[204]}T23:00:00Z`;
const failing = registryWhere('ARIMA_GARCH', 'predict', (_, { times }) => times.length === 205);

describe('a forecast asked for, where an ensemble was fitted a few bars ago', () => {
  it('is made from it, and nothing is planned', async () => {
    const { store, told } = storeWith('fail');
    const answer = await forecastOnRequest(store, [series.symbol], '1D', null, NOW, meter(), standInRegistry);
    expect(answer).toEqual({ forecastIds: [11], runId: null });
    expect(told.row).toMatchObject({ symbol: series.symbol, horizon: '1D', config_hash: 'abc' });
    expect(told.planned).toBeUndefined();
  });

  it('is made with the covariates of its configuration, and says which are left out', async () => {
    const { store, told } = storeWith('fail');
    const stored = { ...simulatedSeries(5, 205), symbol: 'VIX' };
    const { artifact } = store;
    const seen: (string | undefined)[] = [];
    const registry = registryWhere('ARIMA_GARCH', 'predict', (_, { covariates }) => {
      seen.push(covariates?.map(({ symbol }) => symbol).join());
      return false;
    });
    const beside: ForecastStore = {
      ...store,
      artifact: async (id) => ({
        ...(await artifact(id)),
        covariates: [
          { symbol: 'VIX', measure: 'level' },
          { symbol: 'SPY', measure: 'range' },
        ],
      }),
      readCovariates: async () => [stored],
    };
    await forecastOnRequest(beside, [series.symbol], '1D', null, NOW, meter(), registry);
    expect(seen).toEqual(['VIX']);
    expect(JSON.stringify(told.row!.quality_notes)).toContain('The covariate SPY:range is left out');
  });

  it('needs a fit where other code fitted it', async () => {
    const { store, told } = storeWith('fail', '0.0.1');
    const answer = await forecastOnRequest(store, [series.symbol], '1D', null, NOW, meter(), standInRegistry);
    expect(answer).toEqual({ forecastIds: [], runId: ID });
    expect(told).toEqual({ planned: [series.symbol] });
  });

  describe('beside scheduled events', () => {
    const earnings = (date: string, knownAt: string | null = null) => ({
      ...{ date, kind: 'earnings', time: null, knownAt },
    });
    const fitted = earnings(series.times[150]);
    const state = withChecksum({
      ...(fittedOnce as object),
      events: fittedEvents(withEvents(series, [fitted]), 199)!,
    });
    const asked = async (events: readonly ScheduledEvent[]) => {
      const { store } = storeWith('fail', CODE_VERSION, state);
      const readEvents = async () => new Map([[series.symbol, events]]);
      const { symbol } = series;
      return await forecastOnRequest(
        { ...store, readEvents },
        [symbol],
        '1D',
        null,
        NOW,
        meter(),
        standInRegistry,
      );
    };
    const made = { forecastIds: [11], runId: null };
    const planned = { forecastIds: [], runId: ID };

    it('is made from it where its fit saw the same ones', async () => {
      expect(await asked([fitted])).toEqual(made);
    });

    it('is made from it whatever came after its fit, or is to come', async () => {
      const later = [earnings(series.times[202]), earnings('2999-01-04', `${series.times[100]}T00:00:00Z`)];
      const known = earnings(series.times[199], `${series.times[202]}T00:00:00Z`);
      expect(await asked([fitted, ...later, known])).toEqual(made);
    });

    it('needs a fit where history is told otherwise', async () => {
      expect(await asked([])).toEqual(planned);
      expect(await asked([fitted, earnings(series.times[199])])).toEqual(planned);
      expect(await asked([{ ...fitted, time: 'before' }])).toEqual(planned);
    });
  });

  describe('that is damaged', () => {
    const asked = (state: Json) => {
      const { store, told } = storeWith('fail', CODE_VERSION, state);
      return forecastOnRequest(store, [series.symbol], '1D', null, NOW, meter(), standInRegistry).then(
        (answer) => ({ answer, told }),
      );
    };
    const refusal = (id = 7) => ({ id, code: 'invalid_artifact', message: expect.any(String) });

    it.each(['scalars', 'levels', 'members', 'version', 'symbol'])(
      'in its %s is refused and fitted anew',
      async (field) => {
        for (const [name, state] of Object.entries({ checked: artifactState(), 'of before': fittedOnce })) {
          const { answer, told } = await asked({ ...(state as object), [field]: '!' } as Json).catch(
            (error) => ({ answer: error, told: null }),
          );
          // A symbol is any text: of an artifact of before nothing tells that it is another.
          if (name === 'of before' && field === 'symbol') continue;
          expect([name, answer]).toEqual([
            name,
            { forecastIds: [], runId: ID, refusedArtifacts: [refusal()] },
          ]);
          expect(told).toEqual({ planned: [series.symbol] });
        }
      },
    );

    it('in any byte or field is refused and fitted anew, but where the checksum itself is gone', async () => {
      const intact = await asked(artifactState());
      const property = fc.asyncProperty(damages(artifactState()), async (damaged) => {
        const { answer, told } = await asked(damaged);
        if (
          damaged !== null &&
          typeof damaged === 'object' &&
          !('checksum' in damaged) &&
          answer.runId === null
        ) {
          expect(told).toEqual(intact.told);
          return;
        }
        expect(answer).toEqual({ forecastIds: [], runId: ID, refusedArtifacts: [refusal()] });
        expect(told).toEqual({ planned: [series.symbol] });
      });
      await fc.assert(property, { seed: 3, numRuns: 200 });
    });
  });

  it('fails with a member that cannot forecast, and names it', async () => {
    const { store, told } = storeWith('fail');
    await expect(
      forecastOnRequest(store, [series.symbol], '1D', null, NOW, meter(), failing),
    ).rejects.toMatchObject({
      code: 'not_converged',
      details: { member: 'ARIMA_GARCH' },
    });
    expect(told).toEqual({});
  });

  it('goes on without it where the setting says so, and the row shows it', async () => {
    const { store, told } = storeWith('drop');
    const answer = await forecastOnRequest(store, [series.symbol], '1D', null, NOW, meter(), failing);
    expect(answer).toEqual({ forecastIds: [11], runId: null });
    expect(told.row!.quality_notes).toContainEqual(
      expect.objectContaining({ figures: expect.objectContaining({ reason: 'member_dropped' }) }),
    );
    expect(JSON.stringify(told.row!.members)).not.toContain('ARIMA_GARCH');
  });

  it('is planned where its bars were restated while it was made', async () => {
    const { store, told } = storeWith('fail');
    const seen: string[] = [];
    const storeForecast = async (_: number, __: Json, restatedAt: string) => {
      seen.push(restatedAt);
      throw new StoreError('series_changed', 'restated', 409);
    };
    const changed = { ...store, storeForecast };
    const answer = await forecastOnRequest(
      ...([changed, [series.symbol], '1D', null, NOW, meter(), standInRegistry] as const),
    );
    expect(answer).toEqual({ forecastIds: [], runId: ID });
    expect([seen, told.planned]).toEqual([[RESTATED_AT], [series.symbol]]);
  });

  it('is planned for the symbols that the isolate has no time for', async () => {
    const { store, told } = storeWith('fail');
    const symbols = ['A', 'B', 'C', 'D', 'E'];
    const state = {
      ...{ bars: 205, restated_at: RESTATED_AT, forecast_id: null, failure: null },
      artifact: { id: 7, cutoff_bar: 199 },
    };
    const many = {
      ...store,
      state: async () =>
        symbols.map((symbol) => ({ ...state, symbol, ...(symbol === 'E' && { forecast_id: 12 }) })),
    };
    // Every forecast takes 300 of the 700 milliseconds.
    let time = 0;
    const slow = new ComputeMeter(() => (time += 150));
    const answer = await forecastOnRequest(many, symbols, '1D', null, NOW, slow, standInRegistry);
    expect(answer).toEqual({ forecastIds: [11, 11, 11, 12], runId: ID });
    expect(told.planned).toEqual(['D']);
  });
});

describe('a forecast asked for, whose fit failed within the last hour', () => {
  const failure = { code: 'constant_series', message: 'x', retry_at: '2026-12-01T08:00:00+00:00' };
  const nothing = { bars: 205, restated_at: RESTATED_AT, forecast_id: null, artifact: null, failure: null };
  const asked = async (
    states: readonly { symbol: string; failure?: typeof failure; forecast_id?: number }[],
  ) => {
    const { store, told } = storeWith('fail');
    const state = async () => states.map((each) => ({ ...nothing, ...each }));
    const symbols = states.map(({ symbol }) => symbol);
    return { answer: await forecastOnRequest({ ...store, state }, symbols, '1D', null, NOW, meter()), told };
  };

  it('is told beside what is there and what is planned, and not planned itself', async () => {
    const { answer, told } = await asked([
      { symbol: 'A', failure },
      { symbol: 'B', forecast_id: 12 },
      { symbol: 'C' },
    ]);
    expect(answer).toEqual({ forecastIds: [12], runId: ID, failures: [{ symbol: 'A', ...failure }] });
    expect(told.planned).toEqual(['C']);
  });

  it('is the database’s to refuse where nothing else was asked for', async () => {
    const { told } = await asked([
      { symbol: 'A', failure },
      { symbol: 'B', failure },
    ]);
    expect(told.planned).toEqual(['A', 'B']);
  });

  it('is made where there is an artifact to make it from', async () => {
    const { store, told } = storeWith('fail');
    const state = async () => (await store.state([], '1D', null)).map((each) => ({ ...each, failure }));
    const answer = await forecastOnRequest(
      { ...store, state },
      [series.symbol],
      '1D',
      null,
      NOW,
      meter(),
      standInRegistry,
    );
    expect(answer).toEqual({ forecastIds: [11], runId: null });
    expect(told.planned).toBeUndefined();
  });
});
