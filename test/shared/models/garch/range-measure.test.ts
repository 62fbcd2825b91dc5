import { expect, it } from 'vitest';
import { logRangeMeasures } from '../../../../src/shared/models/garch/range-measure.ts';
import { type Bar, columnsFromBars } from '../../../../src/shared/series/series.ts';
import { uncheckedSeries } from '../../series/unchecked-series.ts';

const bar = (time: string, open: number, high: number, low: number, close: number): Bar => ({
  time,
  open,
  high,
  low,
  close,
  volume: null,
});

it('the range measure is the log of Garman-Klass plus overnight, and NaN without a range', () => {
  const measures = logRangeMeasures(
    uncheckedSeries(
      columnsFromBars('X', '1D', [
        bar('2020-01-02', 100, 102, 99, 101),
        bar('2020-01-03', 102, 103, 100, 100.5),
        bar('2020-01-06', 100.5, 100.5, 100.5, 100.5), // no range
        bar('2020-01-07', 104, 104, 104, 104), // no range, though the price moved overnight
        bar('2020-01-08', 100, 100.1, 99.9, 150), // a close outside the range
      ]),
    ),
  );
  const garmanKlass = (open: number, high: number, low: number, close: number) =>
    0.5 * Math.log(high / low) ** 2 - (2 * Math.log(2) - 1) * Math.log(close / open) ** 2;
  expect(measures[0]).toBeCloseTo(Math.log(garmanKlass(100, 102, 99, 101)), 12);
  expect(measures[1]).toBeCloseTo(Math.log(garmanKlass(102, 103, 100, 100.5) + Math.log(102 / 101) ** 2), 12);
  expect(Array.from(measures.subarray(2))).toEqual([Number.NaN, Number.NaN, Number.NaN]);
});
