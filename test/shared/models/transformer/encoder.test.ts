import { describe, expect, it } from 'vitest';
import type { NetworkData } from '../../../../src/shared/models/networks/network.ts';
import { Encoder } from '../../../../src/shared/models/transformer/encoder.ts';
import { type EncoderShape, encoderLayout } from '../../../../src/shared/models/transformer/encoder-shape.ts';
import { initialEncoderParameters } from '../../../../src/shared/models/transformer/initial-encoder-parameters.ts';
import { SeededRandom } from '../../../../src/shared/numerics/random.ts';
import { EncoderTwin } from './encoder-twin.ts';

const BARS = 30;

function shapeOf(changes: Partial<EncoderShape> = {}): EncoderShape {
  return { inputs: 3, width: 4, heads: 2, blocks: 1, feedForward: 8, lookback: 5, skipInputs: 2, ...changes };
}

/** Data, and parameters none of which is at its initial value. */
function problem(shape: EncoderShape, seed = 1) {
  const random = new SeededRandom(seed);
  const draw = (length: number) => Float32Array.from({ length }, () => random.normal());
  const data: NetworkData = {
    inputs: draw(BARS * shape.inputs),
    skip: draw(BARS * shape.skipInputs),
    targets: draw(BARS),
  };
  const parameters = initialEncoderParameters(shape, random).map((value) => value + 0.3 * random.normal());
  return { data, parameters };
}

const samples = Int32Array.of(7, 12, 29);

describe.each([
  ['one block, two heads', shapeOf()],
  ['two blocks', shapeOf({ blocks: 2 })],
  ['three blocks, one head, wider', shapeOf({ blocks: 3, heads: 1, width: 8, feedForward: 16 })],
  ['four heads, a lookback of two bars', shapeOf({ heads: 4, lookback: 2 })],
])('an encoder of %s', (_name, shape) => {
  const { data, parameters } = problem(shape);

  it('forecasts what the textbook does, written out', () => {
    const encoder = new Encoder(shape, data, parameters, 4);
    const twin = new EncoderTwin(shape, parameters, data);
    const { locations, logScales } = encoder.forward(samples);
    samples.forEach((sample, i) => {
      const expected = twin.forecast(sample);
      expect(locations[i]).toBeCloseTo(expected.location, 12);
      expect(logScales[i]).toBeCloseTo(expected.logScale, 12);
    });
    expect(encoder.loss()).toBeCloseTo(twin.loss(samples), 11);
  });

  it.each([false, true])(
    'has the gradient of finite differences, for every parameter (masked: %s)',
    (masked) => {
      const encoder = new Encoder(shape, data, parameters, 4);
      if (masked) {
        const random = new SeededRandom(5);
        encoder.drawMasks(samples.length, 0.4, () => random);
      }
      const lossAt = (index: number, value: number): number => {
        const held = encoder.parameters[index];
        encoder.parameters[index] = value;
        encoder.forward(samples, masked);
        encoder.parameters[index] = held;
        return encoder.loss() / samples.length;
      };
      encoder.forward(samples, masked);
      const norm = encoder.backward(masked);
      const gradient = encoder.gradient.slice();
      let squares = 0;
      let moved = 0;
      for (let i = 0; i < gradient.length; i++) {
        // Small, so that hardly a rectified unit turns between the two.
        const [below, above] = [Math.fround(parameters[i] - 1e-5), Math.fround(parameters[i] + 1e-5)];
        const slope = (lossAt(i, above) - lossAt(i, below)) / (above - below);
        expect(Math.abs(gradient[i] - slope), `parameter ${i}`).toBeLessThan(1e-6 + 1e-5 * Math.abs(slope));
        squares += gradient[i] * gradient[i];
        if (Math.abs(slope) > 1e-4) moved++;
      }
      expect(norm).toBeCloseTo(Math.sqrt(squares), 12);
      // Almost all of them matter: a path that is missing would show as zeros on both sides.
      expect(moved).toBeGreaterThan((masked ? 0.5 : 0.75) * gradient.length);
    },
  );

  it('takes samples for themselves: their company changes nothing', () => {
    const together = new Encoder(shape, data, parameters, 4).forward(samples);
    const alone = new Encoder(shape, data, parameters, 4);
    samples.forEach((sample, i) => {
      const { locations, logScales } = alone.forward(Int32Array.of(sample));
      expect([locations[0], logScales[0]]).toEqual([together.locations[i], together.logScales[i]]);
    });
  });
});

describe('an encoder', () => {
  const shape = shapeOf({ blocks: 2 });
  const { data, parameters } = problem(shape);

  it('sees the order of the bars', () => {
    const inputs = data.inputs.slice();
    // The two oldest bars of the sample that ends at bar 7 change places.
    inputs.set(data.inputs.subarray(3 * 3, 4 * 3), 4 * 3);
    inputs.set(data.inputs.subarray(4 * 3, 5 * 3), 3 * 3);
    const of = (rows: Float32Array) =>
      new Encoder(shape, { ...data, inputs: rows }, parameters, 4).forward(Int32Array.of(7)).logScales[0];
    expect(of(inputs)).not.toBeCloseTo(of(data.inputs), 6);
  });

  it('sees no bar outside its lookback', () => {
    const inputs = data.inputs.map((value, i) => (i < 3 * 3 || i >= 8 * 3 ? Number.NaN : value));
    const { locations } = new Encoder(shape, { ...data, inputs }, parameters, 4).forward(Int32Array.of(7));
    expect(locations[0]).toBe(new Encoder(shape, data, parameters, 4).forward(Int32Array.of(7)).locations[0]);
  });

  it('begins at the volatility known at the cutoff and no location', () => {
    const initial = initialEncoderParameters(shape, new SeededRandom(3));
    const { locations, logScales } = new Encoder(shape, data, initial, 4).forward(samples);
    expect([...locations, ...logScales]).toEqual([0, 0, 0, 0, 0, 0]);
    expect(new Set(initial).size).toBeGreaterThan(100);
  });

  it('runs the heads again under new masks as the whole would', () => {
    const encoder = new Encoder(shape, data, parameters, 4);
    const random = new SeededRandom(8);
    encoder.forward(samples);
    encoder.drawMasks(samples.length, 0.5, () => random);
    const again = Array.from(encoder.again().logScales);
    expect(again).toEqual(Array.from(encoder.forward(samples, true).logScales));
    expect(again).not.toEqual(Array.from(encoder.forward(samples).logScales));
  });

  it('takes one step of Adam as the paper writes it', () => {
    const encoder = new Encoder(shape, data, parameters, 4);
    encoder.forward(samples);
    encoder.backward();
    const slope = encoder.gradient.map((value) => 0.5 * value);
    encoder.update(0.01, 0.5);
    // After one step both moments, corrected, are the gradient and its square.
    encoder.parameters.forEach((value, i) => {
      expect(value).toBeCloseTo(parameters[i] - (0.01 * slope[i]) / (Math.abs(slope[i]) + 1e-8), 5);
    });
  });

  it('goes on from the state of its optimiser with the same bits', () => {
    const train = (encoder: Encoder, steps: number) => {
      for (let step = 0; step < steps; step++) {
        encoder.forward(samples);
        encoder.backward();
        encoder.update(0.01, 1);
      }
      return encoder;
    };
    const through = train(new Encoder(shape, data, parameters, 4), 6);
    const half = train(new Encoder(shape, data, parameters, 4), 3);
    const resumed = new Encoder(shape, data, half.parameters, 4);
    resumed.restoreAdam(half.adamState());
    expect(train(resumed, 3).parameters).toEqual(through.parameters);
    expect(through.loss()).toBeLessThan(new EncoderTwin(shape, parameters, data).loss(samples));
  });

  it('bounds the log scale in its loss, and asks no gradient beyond', () => {
    const { logScale } = encoderLayout(shape);
    const far = parameters.slice();
    far[logScale + shape.width + shape.skipInputs] = 100;
    const encoder = new Encoder(shape, data, far, 4);
    encoder.forward(Int32Array.of(7));
    expect(encoder.loss()).toBeLessThan(4.1);
    encoder.backward();
    expect(encoder.gradient.subarray(logScale).every((value) => value === 0)).toBe(true);
  });

  it('lets a number that is none through to the loss', () => {
    const broken = parameters.slice();
    broken[encoderLayout(shape).blocks[0].expand] = Number.NaN;
    const encoder = new Encoder(shape, data, broken, 4);
    encoder.forward(samples);
    expect(encoder.loss()).toBeNaN();
    expect(encoder.backward()).toBeNaN();
  });

  it('refuses sizes that are not its own, and samples that there are not', () => {
    expect(() => new Encoder(shape, data, parameters.subarray(1), 4)).toThrow(/parameters where/);
    expect(() => new Encoder(shape, { ...data, skip: data.inputs }, parameters, 4)).toThrow(/skip inputs/);
    const encoder = new Encoder(shape, data, parameters, 2);
    for (const wrong of [[], [4, 5, 6], [3], [BARS]]) {
      expect(() => encoder.forward(Int32Array.from(wrong))).toThrow(RangeError);
    }
  });
});
