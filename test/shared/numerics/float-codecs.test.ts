import { expect, it } from 'vitest';
import { decodeFloat32, encodeFloat32 } from '../../../src/shared/numerics/float32-codec.ts';
import { decodeFloat64, encodeFloat64 } from '../../../src/shared/numerics/float64-codec.ts';

it('keep every bit', () => {
  const doubles = Float64Array.of(0.1, -0, Number.NaN, Number.POSITIVE_INFINITY, 5e-324);
  expect(decodeFloat64(encodeFloat64(doubles))).toEqual(doubles);
  const floats = Float32Array.of(0.1, -0, Number.NaN, 1e-45);
  expect(decodeFloat32(encodeFloat32(floats))).toEqual(floats);
});

it.each(['!!', 'AAA=', 'ä'])('refuse the text %s, which holds no floats', (text) => {
  expect(() => decodeFloat64(text)).toThrow(RangeError);
  expect(() => decodeFloat32(text)).toThrow(RangeError);
});
