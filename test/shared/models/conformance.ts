import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/shared/json.ts';
import {
  type FittedForecaster,
  type Forecaster,
  type Hyperparameters,
  unlimitedBudget,
} from '../../../src/shared/models/forecaster.ts';
import {
  type PredictiveDistribution,
  QUANTILE_LEVELS,
} from '../../../src/shared/numerics/distributions/predictive-distribution.ts';
import { SeededRandom } from '../../../src/shared/numerics/random.ts';
import { type Series, sliceSeries } from '../../../src/shared/series/series.ts';
import { copySeries, scalePrices, simulatedSeries } from './simulated-series.ts';

export interface ConformanceOptions {
  /** Hyperparameters to run with; default the whole grid. Small ones for members that are slow to fit. */
  readonly hyperparameters?: readonly Hyperparameters[];
  /** Bars fitted; default the minimum and 150 more. */
  readonly fitBars?: number;
  /** Bars after the fit; default 30. */
  readonly testBars?: number;
  /** What prices in another unit may change, relative to the forecast; default 1e-9. */
  readonly unitTolerance?: number;
  /** Steps over which ranges of forecasts are held against single ones; default 1, 5 and 20, what horizons take. */
  readonly rangeSteps?: readonly number[];
  /** Bars from a seed and their number; default daily ones, `simulatedSeries`. */
  readonly simulate?: (seed: number, bars: number) => Series;
}

const SEED = 20_240_101;

/** What every member and benchmark must do. Call it at the top of a test file; one suite for each set of hyperparameters. */
export function describeForecasterConformance(
  forecaster: Forecaster,
  options: ConformanceOptions = {},
): void {
  const sets = options.hyperparameters ?? forecaster.grid;
  describe.each(sets.map((set) => ({ set, label: JSON.stringify(set) })))(
    `${forecaster.name} $label conforms`,
    ({ set }) => describeOne(forecaster, set, options),
  );
}

function describeOne(
  forecaster: Forecaster,
  hyperparameters: Hyperparameters,
  options: ConformanceOptions,
): void {
  const minimum = forecaster.minimumBars(hyperparameters);
  const {
    fitBars = minimum + 150,
    testBars = 30,
    unitTolerance = 1e-9,
    rangeSteps = [1, 5, 20],
    simulate = simulatedSeries,
  } = options;
  const whole = simulate(7, fitBars + testBars);
  const history = sliceSeries(whole, 0, fitBars);

  const fitOn = (series: Series, seed = SEED): FittedForecaster => {
    const fitting = forecaster.fit(series, hyperparameters, { seed });
    expect(fitting.step(unlimitedBudget)).toBe(true);
    return fitting.result();
  };
  const refuses = (series: Series, code: string) =>
    expect(() => fitOn(series)).toThrow(expect.objectContaining({ name: 'FitError', code }));
  const closeSetTo = (value: number) => {
    const changed = copySeries(history);
    changed.close[fitBars - 40] = value;
    return changed;
  };

  // Fitted once: a fit must not depend on what is done with its result.
  let shared: FittedForecaster | undefined;
  const fitted = () => {
    shared ??= fitOn(history);
    return shared;
  };

  describe('refuses', () => {
    it('fewer bars than it needs, and says how many it has and needs', () => {
      const few = sliceSeries(history, 0, minimum - 1);
      refuses(few, 'too_few_bars');
      expect(() => fitOn(few)).toThrow(new RegExp(`${minimum - 1}.*${minimum}`));
    });

    it('a constant series', () => {
      const flat = copySeries(history);
      for (const column of [flat.open, flat.high, flat.low, flat.close]) column.fill(42);
      refuses(flat, 'constant_series');
    });

    it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -1])(
      'a price of %s',
      (price) => {
        refuses(closeSetTo(price), 'not_finite');
      },
    );

    it('to predict from a price that is not a number', () => {
      expect(() => fitted().predict(closeSetTo(Number.NaN))).toThrow(
        expect.objectContaining({ name: 'FitError', code: 'not_finite' }),
      );
    });

    it('hyperparameters it does not have', () => {
      expect(() => forecaster.fit(history, { ...hyperparameters, no_such_thing: 1 }, { seed: SEED })).toThrow(
        expect.objectContaining({ name: 'FitError', code: 'invalid_hyperparameters' }),
      );
    });

    it.each([[null], [{}], ['text'], [{ name: forecaster.name }]] as Json[][])(
      '%j as an artifact',
      (artifact) => {
        expect(() => forecaster.restore(artifact)).toThrow(
          expect.objectContaining({ name: 'FitError', code: 'invalid_artifact' }),
        );
      },
    );

    it.each([0, 21, 1.5, Number.NaN])('a forecast of %s steps', (steps) => {
      expect(() => fitted().predict(history, steps)).toThrow();
    });

    it('a result before the fit is done', () => {
      expect(() => forecaster.fit(history, hyperparameters, { seed: SEED }).result()).toThrow();
    });
  });

  describe('forecasts', () => {
    it('are finite, with positive scale and quantiles that never decrease, for up to 20 steps', () => {
      for (const steps of [1, 2, 5, 13, 20]) expectSound(fitted().predict(history, steps));
    });

    it('one step by default', () => {
      expect(fitted().predict(history)).toEqual(fitted().predict(history, 1));
    });

    it('from a history that starts later than the fit did', () => {
      expectSound(fitted().predict(sliceSeries(whole, fitBars + testBars - minimum, fitBars + testBars)));
    });

    it('of a range of bars are those of each prefix, to the bit', () => {
      const range = fitted().predictRange(whole, fitBars, fitBars + testBars);
      expect(range).toHaveLength(testBars);
      range.forEach((forecast, i) => {
        expect(forecast).toEqual(fitted().predict(sliceSeries(whole, 0, fitBars + i)));
      });
    });

    it.each(rangeSteps)('of a range over %s steps are those of each prefix, to the bit', (steps) => {
      const range = fitted().predictRange(whole, fitBars, fitBars + 4, steps);
      expect(range).toEqual(range.map((_, i) => fitted().predict(sliceSeries(whole, 0, fitBars + i), steps)));
      expect(range).toHaveLength(4);
    });

    it('do not depend on where a range starts', () => {
      const range = fitted().predictRange(whole, fitBars, fitBars + testBars);
      expect(fitted().predictRange(whole, fitBars + 10, fitBars + testBars)).toEqual(range.slice(10));
      expect(fitted().predictRange(whole, fitBars, fitBars)).toEqual([]);
    });

    it.each([1, Math.max(...rangeSteps)])(
      'do not see the bar they begin with nor any later one (steps %s)',
      (steps) => {
        const i = fitBars + 5;
        const expected = fitted().predictRange(whole, i, i + 1, steps);
        for (const factor of [3, 1 / 3, Number.NaN]) {
          const changed = copySeries(whole);
          for (const column of [changed.open, changed.high, changed.low, changed.close, changed.volume]) {
            for (let bar = i; bar < column.length; bar++) column[bar] *= factor;
          }
          expect(fitted().predictRange(changed, i, i + 1, steps)).toEqual(expected);
        }
      },
    );

    it('see the bar before', () => {
      const i = fitBars + 5;
      const changed = copySeries(whole);
      for (const column of [changed.open, changed.high, changed.low, changed.close]) column[i - 1] *= 1.1;
      expect(fitted().predict(sliceSeries(changed, 0, i)).quantiles).not.toEqual(
        fitted().predict(sliceSeries(whole, 0, i)).quantiles,
      );
    });

    it.each([1e-6, 1e6])('are the same with prices times %s', (factor) => {
      const scaled = scalePrices(history, factor);
      const expected = fitted().predict(history);
      const found = fitOn(scaled).predict(scaled);
      const allowed = (value: number) => unitTolerance * Math.max(Math.abs(value), expected.scale);
      expect(Math.abs(found.mean - expected.mean)).toBeLessThanOrEqual(allowed(expected.mean));
      expect(Math.abs(found.scale - expected.scale)).toBeLessThanOrEqual(allowed(expected.scale));
      found.quantiles.forEach((quantile, k) => {
        expect(Math.abs(quantile - expected.quantiles[k])).toBeLessThanOrEqual(
          allowed(expected.quantiles[k]),
        );
      });
    });

    it.each([1, 2, 60])(
      'survive one outlier of 50 standard deviations %s bars before, up or down',
      (before) => {
        for (const factor of [1.65, 1 / 1.65]) {
          // A log return of 0.5, where 0.01 is usual.
          const changed = copySeries(history);
          for (const column of [changed.open, changed.high, changed.low, changed.close]) {
            for (let bar = fitBars - before; bar < fitBars; bar++) column[bar] *= factor;
          }
          const model = fitOn(changed);
          for (const steps of [1, 5, 20]) {
            const forecast = model.predict(changed, steps);
            expectSound(forecast);
            // No more than the move itself, each step.
            expect(forecast.scale).toBeLessThan(0.6 * Math.sqrt(steps));
          }
        }
      },
    );
  });

  describe('a fit', () => {
    it('gives the same bits for the same seed', () => {
      const again = fitOn(history);
      expect(again.toJSON()).toEqual(fitted().toJSON());
      expect(again.predict(history, 3)).toEqual(fitted().predict(history, 3));
    });

    it('leaves its series as it was', () => {
      const before = copySeries(history);
      fitOn(history);
      expect(history).toEqual(before);
    });

    it('goes to JSON and back to the bit', () => {
      const restored = forecaster.restore(throughJson(fitted().toJSON()));
      expect(restored.name).toBe(fitted().name);
      expect(restored.toJSON()).toEqual(fitted().toJSON());
      expect(restored.predict(history, 7)).toEqual(fitted().predict(history, 7));
      expect(restored.predictRange(whole, fitBars, fitBars + 3)).toEqual(
        fitted().predictRange(whole, fitBars, fitBars + 3),
      );
    });

    it.each([1, 2])('cut anywhere and resumed elsewhere ends in the same bits (cuts %i)', (cuts) => {
      const random = new SeededRandom(cuts);
      let fitting = forecaster.fit(history, hyperparameters, { seed: SEED });
      let progress = fitting.progress();
      expect(progress).toBe(0);
      for (let done = false; !done; ) {
        // The first time every unit is its own step; the second time some steps hold several.
        let units = cuts === 1 ? 1 : 1 + Math.floor(3 * random.uniform());
        done = fitting.step({ expired: () => --units <= 0 });
        expect(fitting.progress()).toBeGreaterThanOrEqual(progress);
        progress = fitting.progress();
        const checkpoint = throughJson(fitting.checkpoint());
        fitting = forecaster.fit(history, hyperparameters, { seed: SEED, checkpoint });
        expect(fitting.progress()).toBe(progress);
      }
      expect(fitting.step(unlimitedBudget)).toBe(true);
      expect(fitting.progress()).toBe(1);
      expect(fitting.result().toJSON()).toEqual(fitted().toJSON());
      expect(fitting.result().predict(history)).toEqual(fitted().predict(history));
    });
  });
}

function expectSound({ mean, scale, quantiles }: PredictiveDistribution): void {
  expect(Number.isFinite(mean)).toBe(true);
  expect(scale).toBeGreaterThan(0);
  expect(Number.isFinite(scale)).toBe(true);
  expect(quantiles).toHaveLength(QUANTILE_LEVELS.length);
  expect(quantiles.every(Number.isFinite)).toBe(true);
  for (let k = 1; k < quantiles.length; k++) expect(quantiles[k]).toBeGreaterThanOrEqual(quantiles[k - 1]);
  expect(quantiles.at(-1)).toBeGreaterThan(quantiles[0]);
}

function throughJson(value: Json): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
