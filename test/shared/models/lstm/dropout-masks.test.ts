import { describe, expect, it } from 'vitest';
import { fillDropoutMasks } from '../../../../src/shared/models/lstm/dropout-masks.ts';
import { SeededRandom } from '../../../../src/shared/numerics/random.ts';

describe('dropout masks', () => {
  const shape = { inputs: 1, hidden: 64, layers: 2, lookback: 1, skipInputs: 0 };
  const stride = 36;
  const count = 34;
  const masks = new Float32Array(shape.layers * stride * shape.hidden).fill(-1);
  const random = new SeededRandom(1);
  fillDropoutMasks(masks, shape, stride, count, 0.3, () => random);
  const layer = (index: number) => masks.subarray(index * stride * 64, (index * stride + count) * 64);

  it('drop the share asked for, and scale what is kept so that the expectation stays', () => {
    for (const values of [layer(0), layer(1)]) {
      expect(new Set(values)).toEqual(new Set([0, Math.fround(1 / 0.7)]));
      const dropped = values.filter((value) => value === 0).length / values.length;
      expect(Math.abs(dropped - 0.3)).toBeLessThan(0.03);
    }
  });

  it('differ from layer to layer and from sample to sample', () => {
    expect(layer(0)).not.toEqual(layer(1));
    expect(masks.subarray(0, 64)).not.toEqual(masks.subarray(64, 128));
  });

  it('leave alone what is beyond the samples', () => {
    expect(masks.subarray(count * 64, stride * 64).every((value) => value === -1)).toBe(true);
  });
});
