import { describe, expect, it } from 'vitest';
import {
  LaggedMeasure,
  laggedMeasures,
  lagWeights,
} from '../../../../src/shared/models/garch/lagged-measure.ts';
import { SeededRandom } from '../../../../src/shared/numerics/random.ts';
import { slowLaggedMeasure } from './slow-twins.ts';

const random = new SeededRandom(3);
const measures = Float64Array.from({ length: 60 }, (_, t) => (t % 7 === 3 ? Number.NaN : random.normal()));

describe('the measure that realized GARCH reacts to', () => {
  it('is a mean: its weights sum to 1', () => {
    for (const variance of ['realized', 'realized_har'] as const) {
      expect(lagWeights(variance).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 15);
    }
  });

  it("is the last bar's, to the bit, without the lags of a month", () => {
    expect(laggedMeasures(measures, 'realized')).toEqual(measures);
    const lagged = new LaggedMeasure('realized');
    lagged.push(0.1);
    lagged.push(0.7);
    expect(lagged.value).toBe(0.7);
  });

  it('is the mean of a bar, a week and a month, passing over bars without a measure', () => {
    laggedMeasures(measures, 'realized_har').forEach((value, t) => {
      const present = Array.from(measures.subarray(0, t + 1)).filter((measure) => !Number.isNaN(measure));
      if (Number.isNaN(measures[t])) expect(value).toBeNaN();
      else expect(value).toBeCloseTo(slowLaggedMeasure(present), 13);
    });
  });

  it('goes on by itself in a copy', () => {
    const lagged = new LaggedMeasure('realized_har');
    for (const measure of measures) lagged.push(measure);
    const { value } = lagged;
    const copy = lagged.copy();
    expect(copy.value).toBe(value);
    copy.push(5);
    expect(copy.value).not.toBe(value);
    expect(lagged.value).toBe(value);
  });
});
