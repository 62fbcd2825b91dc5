import { describe, expect, it } from 'vitest';
import { judgeFit } from '../../../../src/shared/divergence/judge-fit.ts';
import { availableMembers } from '../../../../src/shared/ensemble/member-registry.ts';
import { BENCHMARKS } from '../../../../src/shared/evaluation/benchmarks.ts';
import { windowValidation } from '../../../../src/shared/evaluation/window-validation.ts';
import type { Json } from '../../../../src/shared/json.ts';
import { arimaGarch } from '../../../../src/shared/models/arima-garch/arima-garch.ts';
import { fhs } from '../../../../src/shared/models/benchmarks/fhs.ts';
import { noChange } from '../../../../src/shared/models/benchmarks/no-change.ts';
import {
  type FittedForecaster,
  type Forecaster,
  unlimitedBudget,
} from '../../../../src/shared/models/forecaster.ts';
import { gradientBoosting } from '../../../../src/shared/models/gradient-boosting/gb.ts';
import { positionFactors } from '../../../../src/shared/models/half-session/position-factors.ts';
import { withSessionPosition } from '../../../../src/shared/models/half-session/with-session-position.ts';
import { withoutPosition } from '../../../../src/shared/models/half-session/without-position.ts';
import { lstm } from '../../../../src/shared/models/lstm/lstm.ts';
import { transformer } from '../../../../src/shared/models/transformer/transformer.ts';
import { logReturns } from '../../../../src/shared/series/log-returns.ts';
import { garmanKlassVariance } from '../../../../src/shared/series/range-measures.ts';
import { type Series, sliceSeries } from '../../../../src/shared/series/series.ts';
import { sessionPositions } from '../../../../src/shared/series/session-positions.ts';
import { standIn } from '../../ensemble/stand-in-members.ts';
import { smallConfiguration, smallWindow } from '../../evaluation/small-window.ts';
import { describeForecasterConformance } from '../conformance.ts';
import { copySeries, simulatedSeries } from '../simulated-series.ts';
import { coveredByHalf } from './covered-by-half.ts';
import { simulatedHalfSessions } from './simulated-half-sessions.ts';

const small = [{ hiddenUnits: 4, lookback: 10, learningRate: 0.01, dropout: 0.2, epochs: 2, batchSize: 32 }];
const simulate = simulatedHalfSessions;
for (const [forecaster, hyperparameters] of [
  [lstm, small],
  [transformer, [{ width: 4, lookback: 10, learningRate: 0.01, dropout: 0.2, epochs: 2, batchSize: 32 }]],
  [arimaGarch, arimaGarch.grid.slice(0, 2)],
  [gradientBoosting, gradientBoosting.grid.slice(0, 1)],
  [fhs, fhs.grid],
  [noChange, noChange.grid],
] as const) {
  describeForecasterConformance(withSessionPosition(forecaster), {
    hyperparameters,
    simulate,
    // No horizon has several half sessions.
    rangeSteps: [1, 2],
  });
}

function fitOn(forecaster: Forecaster, series: Series, seed = 1): FittedForecaster {
  const fitting = forecaster.fit(series, forecaster.grid[0], { seed });
  fitting.step(unlimitedBudget);
  return fitting.result();
}

describe('the factors of a session\u2019s halves', () => {
  it('are found in simulated bars, have the product 1, and see volume too', () => {
    const { volatility, volume } = positionFactors(simulatedHalfSessions(1, 2000));
    expect(volatility.first / volatility.second).toBeGreaterThan(2.3);
    expect(volatility.first / volatility.second).toBeLessThan(2.7);
    expect(volatility.first * volatility.second).toBeCloseTo(1, 12);
    expect(volume.first / volume.second).toBeCloseTo(2, 1);
  });

  it('are hardly moved by one outlier', () => {
    const series = simulatedHalfSessions(1, 600);
    const before = positionFactors(series).volatility;
    // A log return of 0.5, where 0.005 is usual.
    const at = sessionPositions(series).lastIndexOf('second');
    for (let i = at; i < 600; i++) series.close[i] *= Math.exp(0.5);
    const after = positionFactors(series).volatility;
    expect(after.first / before.first).toBeGreaterThan(0.8);
  });

  it('are 1 where the halves cannot be compared', () => {
    const none = { first: 1, second: 1 };
    const series = simulatedHalfSessions(1, 100);
    const silent = { ...series, volume: new Float64Array(100).fill(Number.NaN) };
    expect(positionFactors(silent).volume).toEqual(none);
    const first = series.times.map((time) => `${time.slice(0, 11)}14:30:00Z`);
    expect(positionFactors({ ...series, times: first }).volatility).toEqual(none);
    const still = copySeries(series);
    still.close.fill(7);
    expect(positionFactors(still).volatility).toEqual(none);
  });
});

describe('a series without its halves\u2019 factors', () => {
  const series = simulatedHalfSessions(2, 400);
  const factors = positionFactors(series);
  const alike = withoutPosition(series, factors);

  it('has every move divided by its half\u2019s factor: return, gap and range', () => {
    const positions = sessionPositions(series);
    const returns = logReturns(series.close);
    const gaps = (of: Series) =>
      logReturns(Float64Array.from([...of.close.slice(10, 11), ...of.open.slice(11, 12)]));
    logReturns(alike.close).forEach((value, i) => {
      expect(value).toBeCloseTo(returns[i] / factors.volatility[positions[i + 1]], 12);
    });
    expect(gaps(alike)[0]).toBeCloseTo(gaps(series)[0] / factors.volatility[positions[11]], 12);
    const ranges = garmanKlassVariance(series);
    garmanKlassVariance(alike).forEach((value, i) => {
      expect(value).toBeCloseTo(ranges[i] / factors.volatility[positions[i]] ** 2, 12);
    });
  });

  it('has halves that are alike', () => {
    const left = positionFactors(alike);
    expect(left.volatility.first).toBeCloseTo(1, 10);
    expect(left.volume.first).toBeCloseTo(1, 10);
  });

  it('keeps bars consistent and a bar without movement as one', () => {
    const still = copySeries(series);
    for (const column of [still.open, still.high, still.low, still.close]) column[50] = still.close[49];
    const changed = withoutPosition(still, factors);
    expect(
      new Set([changed.open[50], changed.high[50], changed.low[50], changed.close[50], changed.close[49]])
        .size,
    ).toBe(1);
    for (let i = 0; i < 400; i++) {
      expect(changed.high[i]).toBeGreaterThanOrEqual(Math.max(changed.open[i], changed.close[i]));
      expect(changed.low[i]).toBeLessThanOrEqual(Math.min(changed.open[i], changed.close[i]));
    }
  });
});

describe('a window of half sessions', () => {
  const series = simulatedHalfSessions(11, 370);
  const validate = (bars: Series, checkpointed = false) => {
    const input = {
      judgeFit,
      series: bars,
      window: { ...smallWindow, trainFrom: 0, validationFrom: 280, testFrom: 330, end: 370 },
      configuration: smallConfiguration,
    };
    let validation = windowValidation(input);
    while (!validation.step({ expired: () => checkpointed })) {
      const checkpoint = JSON.parse(JSON.stringify(validation.checkpoint()));
      validation = windowValidation({ ...input, checkpoint });
    }
    return validation.result();
  };
  const whole = validate(series);

  it('has the same bits in one piece and cut after every unit', () => {
    expect(validate(series, true)).toEqual(whole);
  });

  it('forecasts nothing differently for a bar that came later', () => {
    for (const bar of [335, 350, 369]) {
      const changed = copySeries(series);
      for (const column of [changed.open, changed.high, changed.low, changed.close, changed.volume]) {
        for (let i = bar; i < 370; i++) column[i] *= 1.3;
      }
      const { test, hyperparameters, scored } = validate(changed);
      const before = bar - 330 + 1;
      for (const name of ['ensemble', 'noChange', 'fhs'] as const) {
        expect(test[name].scale.slice(0, before)).toEqual(whole.test[name].scale.slice(0, before));
        expect(test[name].mean.slice(0, before)).toEqual(whole.test[name].mean.slice(0, before));
      }
      expect(hyperparameters).toEqual(whole.hyperparameters);
      expect(scored.validation).toEqual(whole.scored.validation);
    }
  });
});

describe('a forecaster with the session\u2019s position', () => {
  it('covers 90 % in both halves, where the same one without covers far less in one and more in the other', () => {
    const without = coveredByHalf(fhs);
    expect(without.first).toBeLessThan(0.82);
    expect(without.second).toBeGreaterThan(0.97);
    for (const share of Object.values(coveredByHalf(withSessionPosition(fhs)))) {
      expect(Math.abs(share - 0.9)).toBeLessThan(0.025);
    }
  });

  it('leaves daily bars and bars of eight hours to the forecaster: same artifact, same bits', () => {
    for (const timeframe of ['1D', '8h'] as const) {
      const daily = { ...simulatedSeries(5, 400), timeframe };
      const plain = fitOn(arimaGarch, daily);
      const wrapped = fitOn(withSessionPosition(arimaGarch), daily);
      expect(wrapped.toJSON()).toEqual(plain.toJSON());
      expect(wrapped.predict(daily)).toEqual(plain.predict(daily));
      expect(withSessionPosition(arimaGarch).restore(plain.toJSON()).predict(daily, 3)).toEqual(
        plain.predict(daily, 3),
      );
    }
  });

  it('forecasts by the position of the bar that comes by the calendar, not by one that came', () => {
    const series = simulatedHalfSessions(6, 500);
    const model = fitOn(withSessionPosition(noChange), series);
    const { first, second } = positionFactors(series).volatility;
    const [a, b] = model.predictRange(series, 498, 500);
    const positions = sessionPositions(series).slice(498);
    expect(positions).toContain('second');
    const ratio = positions[0] === 'first' ? first / second : second / first;
    expect(a.scale / b.scale).toBeGreaterThan(0.9 * ratio);
    expect(a.scale / b.scale).toBeLessThan(1.1 * ratio);
    // The last bar's time is not known when it is forecast.
    const other = positions[1] === 'first' ? '2026-01-02T18:30:00Z' : '2026-01-02T14:30:00Z';
    const gapped = { ...series, times: [...series.times.slice(0, 499), other] };
    expect(model.predictRange(gapped, 499, 500)).toEqual([b]);
  });

  it('gives each of several steps its own half\u2019s variance', () => {
    // A member that expects a mean of 0.001 and a scale of 0.01 a step, in units of the series without factors.
    const even = withSessionPosition(standIn('EVEN', [{}], () => ({ mean: 0.001, scale: 0.01 })));
    const series = simulatedHalfSessions(8, 400);
    const model = fitOn(even, series);
    const { first, second } = positionFactors(series).volatility;
    const end = sessionPositions(series).lastIndexOf('second') + 1;
    const history = sliceSeries(series, 0, end);
    expect(model.predict(history).scale).toBeCloseTo(0.01 * first, 12);
    const two = model.predict(history, 2);
    expect(two.scale).toBeCloseTo(0.01 * Math.sqrt(first * first + second * second), 12);
    expect(two.mean).toBeCloseTo(0.001 * (first + second), 12);
    const three = model.predict(history, 3);
    expect(three.scale).toBeCloseTo(0.01 * Math.sqrt(2 * first * first + second * second), 12);
    expect(three.quantiles[99]).toBeCloseTo(three.mean, 12);
    expect((three.quantiles[189] - three.mean) / three.scale).toBeCloseTo(1.6449, 3);
  });

  it('takes each companion without the companion\u2019s own factors', () => {
    const series = simulatedHalfSessions(9, 300);
    const companion = simulatedHalfSessions(10, 300, { ratio: 1.5 });
    const seen: Series[] = [];
    const member = standIn('SEES', [{}], () => ({ mean: 0, scale: 1 }));
    const watching: Forecaster = {
      ...member,
      fit(own, hyperparameters, options) {
        seen.push(own, ...(options.companions ?? []));
        return member.fit(own, hyperparameters, options);
      },
    };
    withSessionPosition(watching).fit(series, {}, { seed: 1, companions: [companion] });
    for (const each of seen) expect(positionFactors(each).volatility.first).toBeCloseTo(1, 10);
    expect(seen.map(({ symbol }) => symbol)).toEqual([series.symbol, companion.symbol]);
  });

  it('refuses an artifact whose factors are none', () => {
    const series = simulatedHalfSessions(6, 300);
    const artifact = fitOn(withSessionPosition(noChange), series).toJSON() as {
      readonly [key: string]: Json;
    };
    const changes: Json[] = [{ factors: 'x' }, { factors: 7 }, { version: 2 }, { fitted: null }];
    for (const change of changes) {
      const halfSessions = { ...(artifact.halfSessions as object), ...(change as object) } as Json;
      const broken = { ...artifact, halfSessions };
      expect(() => withSessionPosition(noChange).restore(broken)).toThrow(
        expect.objectContaining({ name: 'FitError', code: 'invalid_artifact' }),
      );
    }
  });

  it('refuses to forecast from a bar that is no half session', () => {
    const series = simulatedHalfSessions(6, 300);
    const model = fitOn(withSessionPosition(noChange), series);
    const clock = { ...series, times: [...series.times.slice(0, 299), '2022-06-01T16:00:00Z'] };
    expect(() => model.predict(clock)).toThrow(expect.objectContaining({ code: 'not_a_half_session' }));
  });

  it('is what every member and benchmark of this version is', () => {
    const series = simulatedHalfSessions(6, 400);
    const forecasters = [...Object.values(BENCHMARKS), availableMembers.ARIMA_GARCH!.forecaster];
    for (const forecaster of forecasters) {
      expect(fitOn(forecaster, series).toJSON()).toHaveProperty('halfSessions');
    }
    expect(availableMembers.LSTM!.forecaster.restore).not.toBe(lstm.restore);
    expect(availableMembers.GB!.forecaster.restore).not.toBe(gradientBoosting.restore);
    expect(availableMembers.TRANSFORMER!.forecaster.restore).not.toBe(transformer.restore);
  });
});
