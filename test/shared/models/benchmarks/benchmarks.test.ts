import { describe, expect, it } from 'vitest';
import { arimaGarch } from '../../../../src/shared/models/arima-garch/arima-garch.ts';
import { ewma } from '../../../../src/shared/models/benchmarks/ewma.ts';
import { fhs } from '../../../../src/shared/models/benchmarks/fhs.ts';
import { har } from '../../../../src/shared/models/benchmarks/har.ts';
import { historicalSimulation } from '../../../../src/shared/models/benchmarks/historical-simulation.ts';
import { noChange } from '../../../../src/shared/models/benchmarks/no-change.ts';
import { type Forecaster, unlimitedBudget } from '../../../../src/shared/models/forecaster.ts';
import { crpsFromQuantiles } from '../../../../src/shared/scores/crps.ts';
import { logReturns } from '../../../../src/shared/series/log-returns.ts';
import { type Series, sliceSeries } from '../../../../src/shared/series/series.ts';
import { sp500 } from '../../series/sp500.ts';

const series = sp500();
const returns = logReturns(series.close);

function fitted(forecaster: Forecaster, on: Series, set = forecaster.grid[0]) {
  const fitting = forecaster.fit(on, set, { seed: 1 });
  fitting.step(unlimitedBudget);
  return fitting.result();
}

describe('the benchmarks on the S&P 500', () => {
  it('no change expects nothing and scales by the last 250 returns', () => {
    const { mean, scale } = fitted(noChange, series).predict(series);
    const last = returns.slice(-250);
    expect(mean).toBe(0);
    expect(scale).toBeCloseTo(Math.sqrt(last.reduce((sum, value) => sum + value * value, 0) / 250), 14);
    expect(fitted(noChange, series).predict(series, 4).scale).toBeCloseTo(2 * scale, 14);
  });

  it('historical simulation repeats the last 1,000 returns', () => {
    const { mean, quantiles } = fitted(historicalSimulation, series).predict(series);
    const last = returns.slice(-1000).sort();
    expect(mean).toBeCloseTo(last.reduce((sum, value) => sum + value, 0) / 1000, 14);
    expect(quantiles[99]).toBeCloseTo((last[499] + last[500]) / 2, 12);
    expect(quantiles[0]).toBeCloseTo(last[4] + 0.995 * (last[5] - last[4]), 12);
  });

  it('filtered historical simulation covers what it says over ten years and beats the unfiltered; EWMA and HAR come close', () => {
    const test = { from: 2500, to: 5000 };
    const history = sliceSeries(series, 0, test.from);
    const score = (forecaster: Forecaster, set = forecaster.grid[0]) => {
      const forecasts = fitted(forecaster, history, set).predictRange(series, test.from, test.to);
      let crps = 0;
      let inside = 0;
      forecasts.forEach(({ quantiles }, i) => {
        const outcome = returns[test.from + i - 1];
        crps += crpsFromQuantiles(quantiles, outcome) / forecasts.length;
        if (outcome >= quantiles[9] && outcome <= quantiles[189]) inside++;
      });
      return { crps, coverage: inside / forecasts.length };
    };
    const filtered = score(fhs);
    expect(filtered.coverage).toBeGreaterThan(0.88);
    expect(filtered.coverage).toBeLessThan(0.92);
    expect(filtered.crps).toBeLessThan(0.97 * score(historicalSimulation).crps);
    expect(filtered.crps).toBeLessThan(score(noChange).crps);
    for (const set of [...ewma.grid, ...har.grid]) {
      const { crps, coverage } = score('lambda' in set ? ewma : har, set);
      expect(coverage).toBeGreaterThan(0.87);
      expect(coverage).toBeLessThan(0.93);
      expect(Math.abs(crps / filtered.crps - 1)).toBeLessThan(0.02);
    }
  });

  it.each([
    [null],
    [{ unit: 1, state: {} }],
    [{ unit: 1, state: ['!!'] }],
    [{ unit: 4, state: ['AAAA', 'AAAA', 'AAAA', 'AAAA'] }],
  ])('FHS refuses the checkpoint %j', (checkpoint) => {
    const fit = () => fhs.fit(series, fhs.grid[0], { seed: 1, checkpoint });
    expect(fit).toThrow(expect.objectContaining({ name: 'FitError', code: 'invalid_artifact' }));
  });

  it('ARIMA_GARCH on 1,250 bars is fitted in units that a step can stop between', () => {
    const window = sliceSeries(series, 3000, 4250);
    const fitting = arimaGarch.fit(window, { variance: 'gjr', innovations: 't' }, { seed: 1 });
    let steps = 1;
    while (!fitting.step({ expired: () => true })) steps++;
    expect(steps).toBe(7);
    const forecast = fitting.result().predict(window);
    expect(forecast.scale).toBeGreaterThan(0.003);
    expect(forecast.scale).toBeLessThan(0.03);
  });
});
