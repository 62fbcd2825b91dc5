import { describe, expect, it } from 'vitest';
import type { Json } from '../../../../src/shared/json.ts';
import { arimaGarch } from '../../../../src/shared/models/arima-garch/arima-garch.ts';
import { fhs } from '../../../../src/shared/models/benchmarks/fhs.ts';
import { type Forecaster, unlimitedBudget } from '../../../../src/shared/models/forecaster.ts';
import { gradientBoosting } from '../../../../src/shared/models/gradient-boosting/gb.ts';
import { SessionResiduals } from '../../../../src/shared/models/half-session/session-residuals.ts';
import { withSessionPosition } from '../../../../src/shared/models/half-session/with-session-position.ts';
import { lstm } from '../../../../src/shared/models/lstm/lstm.ts';
import { studentTShape } from '../../../../src/shared/models/student-t-shape.ts';
import { SeededRandom } from '../../../../src/shared/numerics/random.ts';
import { eightHourSeries } from '../../../../src/shared/series/eight-hour-bars.ts';
import { type Series, sliceSeries } from '../../../../src/shared/series/series.ts';
import { sessionPositions } from '../../../../src/shared/series/session-positions.ts';
import { uncheckedSeries } from '../../series/unchecked-series.ts';
import { describeForecasterConformance } from '../conformance.ts';
import { coveredByHalf } from './covered-by-half.ts';
import { simulatedHalfSessions } from './simulated-half-sessions.ts';

const simulatedEightHours = (seed: number, bars: number): Series =>
  uncheckedSeries(eightHourSeries(simulatedHalfSessions(seed, 2 * bars + 60)), undefined);

/** With residuals of a standard deviation in each half. */
function withResiduals(coefficients: number, deviations = { first: 1, second: 1 }): SessionResiduals {
  const random = new SeededRandom(5);
  const residuals = new SessionResiduals(coefficients);
  for (let i = 0; i < 600; i++) {
    const position = i % 2 === 0 ? 'first' : 'second';
    residuals.push(deviations[position] * random.normal(), position);
  }
  return residuals;
}

const unit = { mean: 0.001, scale: 0.01 };
const unlimited = Number.POSITIVE_INFINITY;

describe('the distribution that residuals of half sessions shape', () => {
  it('is wider by coefficients over residuals', () => {
    const [none, some] = [0, 30].map((coefficients) =>
      withResiduals(coefficients).distribution(unit, 'first', unlimited),
    );
    expect(some.scale / none.scale).toBeCloseTo(1 + 30 / 600, 12);
    expect(some.mean).toBe(0.001);
  });

  it('has the scale of the half that comes', () => {
    const residuals = withResiduals(0, { first: 0.8, second: 1.6 });
    const [first, second] = (['first', 'second'] as const).map(
      (position) => residuals.distribution(unit, position, unlimited).scale,
    );
    expect(first).toBe(0.01 * residuals.scales.of('first'));
    expect(second / first).toBeGreaterThan(1.6);
    expect(second / first).toBeLessThan(2.4);
  });

  it('lies half way between the residuals\u2019 quantiles and those of a Student t', () => {
    const residuals = new SessionResiduals(0);
    // Two values alone: the residuals' own quantiles jump from the one to the other.
    for (let i = 0; i < 500; i++) residuals.push(i % 4 < 2 ? -1 : 1, i % 2 === 0 ? 'first' : 'second');
    const scale = residuals.scales.of('first');
    const { quantiles } = residuals.distribution({ mean: 0, scale: 1 }, 'first', unlimited);
    const smooth = studentTShape(6);
    expect(quantiles[60] / scale).toBeLessThan(-0.5);
    expect(quantiles[140] / scale).toBeGreaterThan(0.5);
    expect((quantiles[198] - quantiles[180]) / scale).toBeGreaterThan(0.4 * (smooth[198] - smooth[180]));
  });

  it('is held at the limit', () => {
    expect(withResiduals(5).distribution(unit, 'first', 0.002).scale).toBe(0.002);
  });

  it('needs a residual', () => {
    expect(() => new SessionResiduals(5).distribution(unit, 'first', unlimited)).toThrow(
      expect.objectContaining({ name: 'FitError', code: 'too_few_bars' }),
    );
  });
});

describe('a member fitted on half sessions', () => {
  const member = withSessionPosition(arimaGarch);

  it('covers 90 % in both halves where their tails differ', () => {
    const shares = coveredByHalf(member, { degrees: { first: 3.5, second: 30 } });
    expect(Math.abs(shares.first - 0.9)).toBeLessThan(0.025);
    expect(Math.abs(shares.second - 0.9)).toBeLessThan(0.025);
  });

  it('covers a half that moves twice as much as when it was fitted, where the benchmark goes on missing it', () => {
    const shape = { secondDoublesFrom: 600 };
    const own = coveredByHalf(member, shape);
    const benchmark = coveredByHalf(withSessionPosition(fhs), shape);
    expect(own.second).toBeGreaterThan(0.84);
    expect(benchmark.second).toBeLessThan(0.8);
    expect(own.first).toBeGreaterThan(0.87);
    expect(own.first).toBeLessThan(0.96);
  });

  it.each([arimaGarch, gradientBoosting])(
    'forecasts where one half never comes: $name',
    (forecaster: Forecaster) => {
      const series = simulatedHalfSessions(6, 800);
      const firsts = sessionPositions(series).flatMap((position, i) => (position === 'first' ? [i] : []));
      const pick = (values: Float64Array) => Float64Array.from(firsts, (i) => values[i]);
      const alone: Series = {
        ...series,
        times: firsts.map((i) => series.times[i]),
        open: pick(series.open),
        high: pick(series.high),
        low: pick(series.low),
        close: pick(series.close),
        volume: pick(series.volume),
      };
      const fit = withSessionPosition(forecaster).fit(alone, forecaster.grid[0], { seed: 1 });
      fit.step(unlimitedBudget);
      const { scale, quantiles } = fit.result().predict(alone);
      expect(scale).toBeGreaterThan(0);
      expect(quantiles.every(Number.isFinite)).toBe(true);
    },
  );
});

const small = { hiddenUnits: 4, lookback: 10, learningRate: 0.01, dropout: 0.2, epochs: 2, batchSize: 32 };
describe('which forecasts take the residuals of half sessions', () => {
  const series = simulatedHalfSessions(7, 420);
  const history = sliceSeries(series, 0, 400);
  const forecast = (forecaster: Forecaster, bars: Series, hyperparameters = forecaster.grid[0]) => {
    const fit = forecaster.fit(bars, hyperparameters, { seed: 1 });
    fit.step(unlimitedBudget);
    return fit.result().predict(bars);
  };

  it('members\u2019, and no benchmark\u2019s: it is what the field knows by its name', () => {
    const daily = { ...history, timeframe: '1D' } as const;
    expect(forecast(fhs, history)).toEqual(forecast(fhs, daily));
    expect(forecast(arimaGarch, history)).not.toEqual(forecast(arimaGarch, daily));
  });

  it('a network\u2019s that was stored before it had residual scales goes on without', () => {
    const fit = lstm.fit(history, small, { seed: 1 });
    fit.step(unlimitedBudget);
    const { residualScales, ...before } = fit.result().toJSON() as { readonly [key: string]: Json };
    expect(residualScales).toEqual(expect.any(String));
    const { scale } = lstm.restore(before).predict(history);
    expect(scale).toBeGreaterThan(0);
    expect(scale).not.toBe(fit.result().predict(history).scale);
  });
});

for (const [forecaster, hyperparameters] of [
  [lstm, [small]],
  [arimaGarch, arimaGarch.grid.slice(0, 1)],
] as const) {
  describeForecasterConformance(forecaster, {
    hyperparameters,
    simulate: simulatedEightHours,
    rangeSteps: [1, 2],
  });
}
