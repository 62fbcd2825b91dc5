import { describe, expect, it } from 'vitest';
import { linearPath } from '../../../../src/shared/models/linear-path/linear-path.ts';
import type { Covariate } from '../../../../src/shared/series/covariate.ts';
import { type Series, sliceSeries } from '../../../../src/shared/series/series.ts';
import { copySeries, scalePrices, simulatedSeries } from '../simulated-series.ts';
import { seriesLedByCovariates } from './series-led-by-covariates.ts';

const BARS = 600;
const series = simulatedSeries(8, BARS);
const alone = linearPath(series);

function withColumns(of: Series, level?: Float64Array, range?: Float64Array): Series {
  const covariates: Covariate[] = [];
  if (level !== undefined) covariates.push({ symbol: 'VIX', measure: 'level', values: level });
  if (range !== undefined) covariates.push({ symbol: 'SPY', measure: 'range', values: range });
  return { ...of, covariates };
}

const led = seriesLedByCovariates(BARS);
const [level, range] = led.covariates!.map(({ values }) => values);
const ledAlone = linearPath({ ...led, covariates: undefined });

describe('the linear path', () => {
  it('expects something from bar 42 on', () => {
    expect(alone.expected.subarray(0, 42).every(Number.isNaN)).toBe(true);
    expect(alone.expected.subarray(42).every(Number.isFinite)).toBe(true);
    expect(alone.scale.subarray(42).every((value) => value > 0)).toBe(true);
  });

  it('explains ranges that follow their own past better than their mean does', () => {
    let missed = 0;
    let total = 0;
    const later = alone.logRanges.subarray(100);
    const mean = later.reduce((sum, value) => sum + value, 0) / later.length;
    for (let t = 100; t < BARS; t++) {
      missed += (alone.logRanges[t] - alone.expected[t - 1]) ** 2;
      total += (alone.logRanges[t] - mean) ** 2;
    }
    expect(missed).toBeLessThan(0.8 * total);
  });

  it('has the scale of the returns', () => {
    let squares = 0;
    for (let t = 200; t < BARS; t++) {
      squares += (Math.log(series.close[t] / series.close[t - 1]) / alone.scale[t - 1]) ** 2;
    }
    expect(squares / (BARS - 200)).toBeGreaterThan(0.7);
    expect(squares / (BARS - 200)).toBeLessThan(1.4);
  });

  it('is that of each prefix, to the bit', () => {
    const whole = linearPath(led);
    for (const end of [43, 64, 300, 301, 599]) {
      const prefix = linearPath(sliceSeries(led, 0, end));
      expect(prefix.expected).toEqual(whole.expected.slice(0, end));
      expect(prefix.scale).toEqual(whole.scale.slice(0, end));
    }
  });

  it.each([3, 1 / 3, Number.NaN])('sees no later bar nor covariate: all times %s', (factor) => {
    const changed = copySeries(led);
    const [laterLevel, laterRange] = [level.slice(), range.slice()];
    const columns = [changed.open, changed.high, changed.low, changed.close, changed.volume];
    for (const column of [...columns, laterLevel, laterRange]) {
      for (let t = 400; t < BARS; t++) column[t] *= factor;
    }
    const found = linearPath(withColumns(changed, laterLevel, laterRange));
    expect(found.scale.slice(0, 400)).toEqual(linearPath(led).scale.slice(0, 400));
  });

  it.each([1e-6, 1e6])('is the same with prices times %s', (factor) => {
    const scaled = linearPath(scalePrices(series, factor));
    for (let t = 42; t < BARS; t++) expect(Math.abs(scaled.scale[t] / alone.scale[t] - 1)).toBeLessThan(1e-9);
  });

  it('comes near the same numbers from a later start', () => {
    const later = linearPath(sliceSeries(series, 200, BARS));
    for (let t = 400; t < BARS; t++) {
      expect(Math.abs(Math.log(later.scale[t - 200] / alone.scale[t]))).toBeLessThan(0.3);
    }
  });

  it.each([1.65, 1 / 1.65])('gets over a price error of 50 deviations, times %s', (factor) => {
    // One bar's prices are wrong: two moves of 0.5 where 0.01 is usual.
    const changed = copySeries(series);
    for (const column of [changed.open, changed.high, changed.low, changed.close]) column[300] *= factor;
    const { scale } = linearPath(changed);
    const distance = (t: number) => Math.abs(Math.log(scale[t] / alone.scale[t]));
    // The day after a move it is wide, and no wider than the move.
    expect(scale[301]).toBeLessThan(0.5);
    expect(Math.max(...Array.from({ length: 100 }, (_, k) => distance(370 + k)))).toBeLessThan(0.4);
    expect(Math.max(...Array.from({ length: 50 }, (_, k) => distance(550 + k)))).toBeLessThan(0.3);
  });

  it('has nothing to expect where nothing has moved, and goes on where bars stop moving', () => {
    const flat = copySeries(series);
    for (const column of [flat.open, flat.high, flat.low, flat.close]) {
      column.fill(100, 0, 100);
      column.fill(100, 400, 500);
    }
    const { scale } = linearPath(flat);
    expect(scale.subarray(0, 100).every(Number.isNaN)).toBe(true);
    expect(scale.subarray(200).every((value) => value > 1e-5 && value < 0.5)).toBe(true);
  });

  it('needs no range and no volume', () => {
    const closes = copySeries(series);
    for (const column of [closes.open, closes.high, closes.low]) column.set(closes.close);
    closes.volume.fill(Number.NaN);
    expect(
      linearPath(closes)
        .scale.subarray(42)
        .every((value) => value > 0),
    ).toBe(true);
  });
});

describe('covariates of the linear path', () => {
  const error = ({ expected, logRanges }: ReturnType<typeof linearPath>) => {
    let squares = 0;
    for (let t = 200; t < BARS; t++) squares += (logRanges[t] - expected[t - 1]) ** 2;
    return squares;
  };

  it.each([
    ['a level', withColumns(led, level)],
    ['a range', withColumns(led, undefined, range)],
  ])('are used: %s that leads', (_name, given) => {
    expect(error(linearPath(given))).toBeLessThan(0.8 * error(ledAlone));
  });

  it('that never came change nothing, to the bit', () => {
    const never = new Float64Array(BARS).fill(Number.NaN);
    expect(linearPath(withColumns(led, never, never))).toEqual(ledAlone);
    // A level of 0 has no logarithm.
    expect(linearPath(withColumns(led, new Float64Array(BARS)))).toEqual(ledAlone);
    expect(linearPath(withColumns(led, level, never)).expected).toEqual(
      linearPath(withColumns(led, level)).expected,
    );
  });

  it('that are late for a bar leave it to the fit without them, and come back with the next', () => {
    const late = level.slice();
    late[500] = Number.NaN;
    const found = linearPath(withColumns(led, late));
    const whole = linearPath(withColumns(led, level));
    expect(found.expected[500]).toBe(ledAlone.expected[500]);
    expect(found.expected[499]).toBe(whole.expected[499]);
    expect(Math.abs(found.expected[501] - whole.expected[501])).toBeLessThan(0.1);
  });

  it('take part when they have been there for 60 bars', () => {
    const young = level.slice();
    young.fill(Number.NaN, 0, 300);
    const { expected } = linearPath(withColumns(led, young));
    expect(expected.slice(0, 360)).toEqual(ledAlone.expected.slice(0, 360));
    expect(expected[400]).not.toBe(ledAlone.expected[400]);
  });

  it('one of several missing is all of the kind missing', () => {
    const gap = level.slice();
    gap[500] = Number.NaN;
    const two: Series = {
      ...led,
      covariates: [
        { symbol: 'VIX', measure: 'level', values: level },
        { symbol: 'VXN', measure: 'level', values: gap },
      ],
    };
    expect(linearPath(two).expected[500]).toBe(ledAlone.expected[500]);
  });

  it('with an impossible value do not make the scale impossible', () => {
    const wild = level.slice();
    wild[500] *= 100;
    const { scale } = linearPath(withColumns(led, wild));
    expect(scale[500]).toBeLessThan(0.5);
    expect(scale.subarray(42).every((value) => value > 0 && value < 0.5)).toBe(true);
  });
});
