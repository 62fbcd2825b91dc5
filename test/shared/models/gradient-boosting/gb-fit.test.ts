import exp from '@stdlib/math-base-special-exp';
import { describe, expect, it } from 'vitest';
import { NEW_YORK } from '../../../../src/shared/calendars/built-in-calendars.ts';
import { formatDate, parseDate, weekday } from '../../../../src/shared/calendars/civil-date.ts';
import { nextSession } from '../../../../src/shared/calendars/sessions.ts';
import type { Json } from '../../../../src/shared/json.ts';
import { type Hyperparameters, unlimitedBudget } from '../../../../src/shared/models/forecaster.ts';
import { gradientBoosting } from '../../../../src/shared/models/gradient-boosting/gb.ts';
import {
  GB_GRID,
  parseGbHyperparameters,
} from '../../../../src/shared/models/gradient-boosting/gb-hyperparameters.ts';
import { SeededRandom } from '../../../../src/shared/numerics/random.ts';
import { type Bar, columnsFromBars, type Series, sliceSeries } from '../../../../src/shared/series/series.ts';
import { uncheckedSeries } from '../../series/unchecked-series.ts';
import { simulatedSeries } from '../simulated-series.ts';

const HYPERPARAMETERS = GB_GRID[0];

function fitted(series: Series, hyperparameters: Hyperparameters = HYPERPARAMETERS, seed = 1) {
  const fitting = gradientBoosting.fit(series, hyperparameters, { seed });
  fitting.step(unlimitedBudget);
  return fitting.result();
}

/** Sessions whose moves and ranges are independent, and as wide as `widthOf` says of a session's date. */
function independentSeries(bars: number, widthOf: (date: string) => number): Series {
  const random = new SeededRandom(9);
  const rows: Bar[] = [];
  let time = formatDate(parseDate('2014-12-31'));
  let open = 100;
  for (let i = 0; i < bars; i++) {
    time = nextSession(time, NEW_YORK);
    const width = widthOf(time);
    const close = open * exp(width * random.normal());
    const high = Math.max(open, close) * exp(width * random.uniform());
    const low = Math.min(open, close) * exp(-width * random.uniform());
    rows.push({ time, open, high, low, close, volume: 1e6 * (1 + random.uniform()) });
    open = close;
  }
  return uncheckedSeries(columnsFromBars('IID', '1D', rows));
}

describe('a fit of GB', () => {
  it('learns from the calendar that Mondays are wilder', () => {
    const isMonday = (date: string) => weekday(parseDate(date)) === 1;
    const series = independentSeries(1100, (date) => (isMonday(date) ? 0.03 : 0.01));
    const member = fitted(sliceSeries(series, 0, 1000));
    const mean = (scales: readonly number[]) => scales.reduce((sum, value) => sum + value, 0) / scales.length;
    const scales = member.predictRange(series, 1000, 1100).map(({ scale }) => scale);
    const mondays = scales.filter((_, i) => isMonday(series.times[1000 + i]));
    const others = scales.filter((_, i) => !isMonday(series.times[1000 + i]));
    expect(mean(mondays) / mean(others)).toBeGreaterThan(1.8);
  });

  it('memorises nothing where there is nothing: the range of independent bars is forecast as nearly constant', () => {
    const series = independentSeries(1100, () => 0.01);
    for (const hyperparameters of GB_GRID) {
      const scales = fitted(sliceSeries(series, 0, 1000), hyperparameters)
        .predictRange(series, 250, 1000)
        .map(({ scale }) => scale);
      const mean = scales.reduce((sum, value) => sum + value, 0) / scales.length;
      const deviation = Math.sqrt(
        scales.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / scales.length,
      );
      expect(deviation / mean).toBeLessThan(0.1);
    }
  });

  it('needs no volume', () => {
    const series = simulatedSeries(3, 400);
    const without = { ...series, volume: series.volume.map(() => Number.NaN) };
    expect(fitted(without).predict(without).scale).toBeGreaterThan(0);
  });

  it('forecasts no mean of its own without trees for it', () => {
    const series = simulatedSeries(3, 400);
    const returns = series.close.map((price, i) => (i === 0 ? 0 : price / series.close[i - 1]));
    const growth = returns.subarray(1).reduce((product, ratio) => product * ratio, 1);
    const forecasts = fitted(series, { ...HYPERPARAMETERS, meanTrees: 0 }).predictRange(series, 300, 400);
    expect(new Set(forecasts.map(({ mean }) => mean)).size).toBe(1);
    expect(exp(399 * forecasts[0].mean)).toBeCloseTo(growth, 10);
  });

  it('carries variance from the next bar to its long-run mean', () => {
    const series = simulatedSeries(3, 400);
    const member = fitted(series);
    const variance = (steps: number) => member.predict(series, steps).scale ** 2;
    const marginal = Array.from({ length: 19 }, (_, k) => variance(k + 2) - variance(k + 1));
    const distances = marginal.map((value) => Math.abs(value - marginal[18]));
    for (let k = 1; k < 18; k++) expect(distances[k]).toBeLessThan(distances[k - 1]);
  });

  it('is cut after every tree', () => {
    const fitting = gradientBoosting.fit(simulatedSeries(3, 400), HYPERPARAMETERS, { seed: 1 });
    let steps = 1;
    while (!fitting.step({ expired: () => true })) steps++;
    expect(steps).toBeGreaterThan(30); // the two patiences at least
  });

  it('draws by its seed', () => {
    const series = simulatedSeries(3, 400);
    expect(fitted(series, HYPERPARAMETERS, 2).toJSON()).not.toEqual(fitted(series).toJSON());
  });

  it.each([[null], [{}], [{ done: [] }], [{ done: [1], running: null }], [{ done: [], running: {} }]])(
    'refuses %j as a checkpoint',
    (checkpoint) => {
      expect(() =>
        gradientBoosting.fit(simulatedSeries(3, 400), HYPERPARAMETERS, {
          seed: 1,
          checkpoint: checkpoint as Json,
        }),
      ).toThrow(expect.objectContaining({ code: 'invalid_artifact' }));
    },
  );
});

describe('an artifact of GB', () => {
  const json = fitted(simulatedSeries(3, 400)).toJSON() as Record<string, Json>;

  it.each([
    ['the version before', { version: 1 }],
    ['other features', { features: ['range0'] }],
    ['scalars that are too few', { scalars: '' }],
    ['no trees', { meanTrees: null }],
    ['hyperparameters of another member', { hyperparameters: { lookback: 3 } }],
  ])('with %s is refused', (_name, changed) => {
    expect(() => gradientBoosting.restore({ ...json, ...changed } as Json)).toThrow(
      expect.objectContaining({ code: 'invalid_artifact' }),
    );
  });
});

describe('hyperparameters of GB', () => {
  it('have defaults', () => {
    expect(parseGbHyperparameters({ trees: 10, depth: 3, learningRate: 0.1 })).toEqual({
      ...{ trees: 10, depth: 3, learningRate: 0.1, minimumChildWeight: 20, lambda: 1, gamma: 0 },
      ...{ subsample: 0.7, columnShare: 0.5, meanTrees: 50 },
    });
  });

  it.each([
    [{ trees: 0 }, 'trees'],
    [{ depth: 2.5 }, 'depth'],
    [{ learningRate: 0 }, 'learningRate'],
    [{ subsample: 1.1 }, 'subsample'],
    [{ lambda: 'much' }, 'lambda'],
    [{ no_such_thing: 1 }, 'no_such_thing'],
  ])('%j are refused', (changed, name) => {
    expect(() => parseGbHyperparameters({ ...HYPERPARAMETERS, ...changed })).toThrow(
      expect.objectContaining({ code: 'invalid_hyperparameters', message: expect.stringContaining(name) }),
    );
  });
});
