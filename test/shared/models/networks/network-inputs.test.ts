import { describe, expect, it } from 'vitest';
import { linearPath } from '../../../../src/shared/models/linear-path/linear-path.ts';
import { measureBars } from '../../../../src/shared/models/networks/bar-measures.ts';
import {
  FIRST_INPUT_BAR,
  INPUT_COUNT,
  learnInputScaling,
  networkInputs,
  SKIP_COUNT,
} from '../../../../src/shared/models/networks/network-inputs.ts';
import { sliceSeries } from '../../../../src/shared/series/series.ts';
import { copySeries, simulatedSeries } from '../simulated-series.ts';

const series = simulatedSeries(3, 300);
const scaling = learnInputScaling(series, 200);

describe('bar measures', () => {
  it('have the variance of the weighted squares, written out', () => {
    const { returns, variance } = measureBars(series);
    let sum = 0;
    let weights = 0;
    for (let k = 0; k < 60; k++) {
      sum += 0.94 ** k * returns[150 - k] ** 2;
      weights += 0.94 ** k;
    }
    expect(variance[150]).toBeCloseTo(sum / weights, 15);
    expect(variance[59]).toBeNaN();
    expect(variance[60]).toBeGreaterThan(0);
  });

  it('take an unknown or zero volume for an ordinary one', () => {
    const unknown = copySeries(series);
    unknown.volume[100] = Number.NaN;
    unknown.volume[150] = 0;
    const { relativeVolume } = measureBars(unknown);
    expect(relativeVolume.every(Number.isFinite)).toBe(true);
    expect(relativeVolume[100]).toBe(0);
    expect(relativeVolume[171]).toBe(0);
    expect(relativeVolume[172]).not.toBe(0);
  });
});

describe('network inputs', () => {
  it('hold nothing later than their bar', () => {
    const before = networkInputs(series, scaling);
    const changed = copySeries(series);
    for (const column of [changed.open, changed.high, changed.low, changed.close, changed.volume])
      column[250] *= 2;
    const after = networkInputs(changed, scaling);
    expect(after.inputs.subarray(0, 250 * INPUT_COUNT)).toEqual(before.inputs.subarray(0, 250 * INPUT_COUNT));
    expect(after.skip.subarray(0, 250 * SKIP_COUNT)).toEqual(before.skip.subarray(0, 250 * SKIP_COUNT));
    expect(after.unit.subarray(0, 250)).toEqual(before.unit.subarray(0, 250));
    expect(after.inputs[250 * INPUT_COUNT]).not.toBe(before.inputs[250 * INPUT_COUNT]);
  });

  it('come near the same from a later start, where the linear path knows less', () => {
    const whole = networkInputs(series, scaling);
    const tail = networkInputs(sliceSeries(series, 100, 300), scaling);
    for (let t = 200; t < 299; t++) {
      expect(Math.abs(tail.targets[t - 100] / whole.targets[t] - 1)).toBeLessThan(0.4);
    }
  });

  it('are in units of what the linear path expects', () => {
    const { targets, unit } = networkInputs(series, scaling);
    const { scale } = linearPath(series);
    const deviation = Math.sqrt(6 / 4); // of a Student t of 6 degrees of freedom
    expect(unit[200] * deviation).toBeCloseTo(scale[200], 15);
    expect(targets[200]).toBeCloseTo(
      (Math.log(series.close[201] / series.close[200]) / scale[200]) * deviation,
      5,
    );
    expect(targets.at(-1)).toBeNaN();
  });

  it('have the training deviation for a unit where nothing has moved yet', () => {
    const still = copySeries(series);
    for (const column of [still.open, still.high, still.low, still.close]) column.fill(100, 0, 120);
    const { inputs, unit } = networkInputs(still, { ...scaling, returnDeviation: 0.02 });
    expect(unit[100]).toBeCloseTo(0.02 / Math.sqrt(6 / 4), 15);
    expect(inputs.subarray(FIRST_INPUT_BAR * INPUT_COUNT).every(Number.isFinite)).toBe(true);
  });

  it('are learned from the bars before the given one only', () => {
    const changed = copySeries(series);
    changed.close[230] *= 2;
    expect(learnInputScaling(changed, 200)).toEqual(scaling);
    changed.close[199] *= 2;
    expect(learnInputScaling(changed, 200)).not.toEqual(scaling);
  });

  it('have mean 0 and deviation 1 on those bars, but for what is cut off', () => {
    const { inputs } = networkInputs(series, scaling);
    for (let j = 0; j < INPUT_COUNT; j++) {
      const column = Array.from(
        { length: 200 - FIRST_INPUT_BAR },
        (_, i) => inputs[(FIRST_INPUT_BAR + i) * INPUT_COUNT + j],
      );
      const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
      const deviation = Math.sqrt(
        column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / column.length,
      );
      expect(Math.abs(mean)).toBeLessThan(0.1);
      expect(Math.abs(deviation - 1)).toBeLessThan(0.15);
      expect(Math.max(...column.map(Math.abs))).toBeLessThanOrEqual(5);
    }
  });

  it('stay finite where prices do not move', () => {
    const still = copySeries(series);
    for (const column of [still.open, still.high, still.low, still.close]) column.fill(100, 120, 220);
    const { inputs, skip } = networkInputs(still, scaling);
    expect(inputs.subarray(FIRST_INPUT_BAR * INPUT_COUNT).every(Number.isFinite)).toBe(true);
    expect(skip.subarray(FIRST_INPUT_BAR * SKIP_COUNT).every(Number.isFinite)).toBe(true);
  });
});
