import { describe, expect, it } from 'vitest';
import { fitHar } from '../../../../src/shared/models/benchmarks/fit-har.ts';
import { har } from '../../../../src/shared/models/benchmarks/har.ts';
import { HarFilter } from '../../../../src/shared/models/benchmarks/har-filter.ts';
import {
  type HarModel,
  harAutoregression,
  harRegressors,
} from '../../../../src/shared/models/benchmarks/har-model.ts';
import { type FittedForecaster, unlimitedBudget } from '../../../../src/shared/models/forecaster.ts';
import { HeldLogMeasure } from '../../../../src/shared/models/linear-path/held-log-measure.ts';
import { SeededRandom } from '../../../../src/shared/numerics/random.ts';
import { logReturns } from '../../../../src/shared/series/log-returns.ts';
import { garmanKlassVariance } from '../../../../src/shared/series/range-measures.ts';
import type { Series } from '../../../../src/shared/series/series.ts';
import { describeForecasterConformance } from '../conformance.ts';
import { copySeries, simulatedSeries } from '../simulated-series.ts';

describeForecasterConformance(har);

const model: HarModel = {
  intercept: -0.9,
  daily: 0.3,
  weekly: 0.35,
  monthly: 0.25,
  errorVariance: 0.4,
  calibration: 1.7,
  mean: 0.0004,
};

function fitted(series: Series): FittedForecaster {
  const fit = har.fit(series, {}, { seed: 1 });
  fit.step(unlimitedBudget);
  return fit.result();
}

/** Measures that follow the model, and returns of its variance. */
function simulated(n: number) {
  const random = new SeededRandom(17);
  const logs = Array.from({ length: 22 }, () => -9);
  const returns: number[] = [];
  while (logs.length < n) {
    const [day, week, month] = harRegressors(logs);
    const expected = model.intercept + model.daily * day + model.weekly * week + model.monthly * month;
    const variance = model.calibration * Math.exp(expected + 0.5 * model.errorVariance);
    returns.push(model.mean + Math.sqrt(variance) * random.normal());
    logs.push(expected + Math.sqrt(model.errorVariance) * random.normal());
  }
  return {
    measures: Float64Array.from(logs, Math.exp),
    returns: Float64Array.from([...new Array(21).fill(0.001), ...returns]),
  };
}

describe('HAR on the log range', () => {
  it('finds the model that made the data', () => {
    const { measures, returns } = simulated(20_000);
    const found = fitHar(measures, returns);
    for (const name of ['intercept', 'daily', 'weekly', 'monthly', 'errorVariance'] as const) {
      expect(Math.abs(found[name] - model[name])).toBeLessThan(0.08 * Math.max(0.5, Math.abs(model[name])));
    }
    expect(found.calibration / model.calibration).toBeCloseTo(1, 1);
    expect(found.mean).toBeCloseTo(model.mean, 3);
  });

  it('forecasts several steps as a simulation of the model does', () => {
    const { measures, returns } = simulated(400);
    const filter = new HarFilter(model, measures);
    returns.forEach((value, i) => {
      filter.update(value, i + 1);
    });
    const history = Array.from(measures.subarray(1), Math.log);
    const random = new SeededRandom(4);
    const steps = 10;
    const paths = 20_000;
    let variance = 0;
    for (let path = 0; path < paths; path++) {
      const logs = history.slice(-22);
      for (let k = 0; k < steps; k++) {
        const [day, week, month] = harRegressors(logs);
        const expected = model.intercept + model.daily * day + model.weekly * week + model.monthly * month;
        logs.push(expected + Math.sqrt(model.errorVariance) * random.normal());
        variance += (model.calibration * Math.exp(logs.at(-1)!)) / paths;
      }
    }
    const forecast = filter.forecast(steps)!;
    expect(forecast.scale / Math.sqrt(variance)).toBeCloseTo(1, 1.7);
    expect(forecast.mean).toBeCloseTo(steps * model.mean, 14);
  });

  it('is an autoregression of order 22', () => {
    const ar = harAutoregression(model);
    const logs = Array.from({ length: 30 }, (_, i) => Math.sin(i));
    const [day, week, month] = harRegressors(logs);
    const asHar = model.daily * day + model.weekly * week + model.monthly * month;
    const asAutoregression = ar.reduce((sum, weight, lag) => sum + weight * logs[29 - lag], 0);
    expect(asAutoregression).toBeCloseTo(asHar, 13);
  });

  it('brings its measure to the scale of the returns', () => {
    const series = simulatedSeries(12, 1500);
    const returns = logReturns(series.close);
    const half = fitHar(
      garmanKlassVariance(series).map((measure) => measure / 2),
      returns,
    );
    const whole = fitHar(garmanKlassVariance(series), returns);
    expect(half.calibration / whole.calibration).toBeCloseTo(2, 9);
    const standardised = (harModel: HarModel, share: number) => {
      const filter = new HarFilter(
        harModel,
        garmanKlassVariance(series).map((measure) => measure * share),
      );
      return Array.from(returns, (value, i) => {
        const expected = filter.forecast(1);
        filter.update(value, i + 1);
        return expected === null ? null : ((value - expected.mean) / expected.scale) ** 2;
      }).filter((square) => square !== null);
    };
    const squares = standardised(whole, 1);
    expect(squares.reduce((sum, square) => sum + square, 0) / squares.length).toBeCloseTo(1, 10);
  });
});

describe('bars without a range', () => {
  it('count as a hundredth of what is usual', () => {
    const floor = new HeldLogMeasure();
    expect(floor.next(0)).toBeNull();
    expect(floor.next(Math.exp(-8))).toBeCloseTo(-8, 12);
    expect(floor.next(Math.exp(-10))).toBeCloseTo(-10, 12);
    expect(floor.next(0)).toBeCloseTo(-9 + Math.log(0.01), 12);
    expect(floor.next(Math.exp(-40))).toBeCloseTo((-8 - 10 - 9 + Math.log(0.01)) / 3 + Math.log(0.01), 12);
  });

  it('are forecast through', () => {
    const series = copySeries(simulatedSeries(5, 700));
    for (let bar = 10; bar < 700; bar += 7) {
      for (const column of [series.open, series.high, series.low]) column[bar] = series.close[bar];
    }
    const { scale } = fitted(series).predict(series);
    expect(scale).toBeGreaterThan(0.002);
    expect(scale).toBeLessThan(0.05);
  });

  it('must not be the rule', () => {
    const { measures, returns } = simulated(400);
    const few = measures.map((measure, i) => (i % 3 === 0 ? measure : 0));
    expect(() => fitHar(few, returns)).toThrow(
      expect.objectContaining({ code: 'constant_series', message: expect.stringContaining('134 of 400') }),
    );
    // Closes alone still move overnight.
    const series = copySeries(simulatedSeries(5, 400));
    for (const column of [series.open, series.high, series.low]) column.set(series.close);
    expect(fitted(series).predict(series).scale).toBeGreaterThan(0);
  });
});

describe('what is known beside the own past', () => {
  const own = simulatedSeries(5, 700);
  /** Ranges that say of the next bar what it will be, so that they cannot go unnoticed. */
  const values = garmanKlassVariance(own).map((_, i, all) => all[Math.min(i + 1, all.length - 1)]);
  const series: Series = { ...own, covariates: [{ symbol: 'SEER', measure: 'range', values }] };

  it('takes part in the next bar alone', () => {
    const [without, given] = [own, series].map((of) => fitted(of));
    const scales = (of: Series, model: FittedForecaster) =>
      model.predictRange(of, 400, 700).map(({ scale }) => scale);
    const spread = (found: readonly number[]) => {
      const logs = found.map(Math.log);
      const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
      return logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / logs.length;
    };
    expect(spread(scales(series, given))).toBeGreaterThan(2 * spread(scales(own, without)));
    const dailyOf = (member: FittedForecaster) =>
      (member.toJSON() as unknown as { model: HarModel }).model.daily;
    expect(dailyOf(given)).toBe(dailyOf(without));
  });

  it('is left out of a bar without it', () => {
    const late = { ...series, covariates: [{ ...series.covariates![0], values: values.slice() }] };
    late.covariates[0].values.fill(Number.NaN, 600);
    const model = fitted(series);
    for (const forecast of model.predictRange(late, 601, 700)) expect(forecast.scale).toBeGreaterThan(0);
    expect(model.predictRange(late, 590, 601)).toEqual(model.predictRange(series, 590, 601));
  });
});

it('refuses artifacts that lack a parameter', () => {
  const parameters = JSON.parse(JSON.stringify(model));
  const artifact = { name: 'HAR', version: 2, model: parameters };
  expect(har.restore(artifact).toJSON()).toEqual(artifact);
  expect(() => har.restore({ ...artifact, version: 1 })).toThrow(/version 1/);
  expect(() => har.restore({ ...artifact, model: { ...parameters, weekly: null } })).toThrow(/weekly/);
});
