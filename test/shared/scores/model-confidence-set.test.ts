import { describe, expect, it } from 'vitest';
import { type BlockBootstrap, drawBlocks } from '../../../src/shared/numerics/block-bootstrap.ts';
import { SeededRandom } from '../../../src/shared/numerics/random.ts';
import { dieboldMariano } from '../../../src/shared/scores/diebold-mariano.ts';
import { modelConfidenceSet } from '../../../src/shared/scores/model-confidence-set.ts';

/** Squared losses of models that share most of their error; model k is worse by `worse[k]`. */
function losses(seed: number, bars: number, worse: readonly number[]): Float64Array[] {
  const random = new SeededRandom(seed);
  const columns = worse.map(() => new Float64Array(bars));
  for (let t = 0; t < bars; t++) {
    const common = random.normal() ** 2;
    columns.forEach((column, model) => {
      column[t] = common + worse[model] + 0.5 * random.normal();
    });
  }
  return columns;
}

const byModel = (result: ReturnType<typeof modelConfidenceSet>) =>
  [...result].sort((a, b) => a.model - b.model).map(({ pValue }) => pValue);

/** The definitions of the paper, resample by resample and round by round. */
function slowTwin(
  given: readonly Float64Array[],
  statistic: 'max' | 'range',
  bootstrap: BlockBootstrap,
  blockLength: number,
  resamples: number,
  seed: number,
) {
  const n = given[0].length;
  const random = new SeededRandom(seed);
  const draws = Array.from({ length: resamples }, () => drawBlocks(n, blockLength, bootstrap, random));
  const mean = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0) / values.length;
  let left = given.map((_, model) => model);
  let pValue = 0;
  const result: { model: number; pValue: number }[] = [];
  while (left.length > 1) {
    const pairs =
      statistic === 'max'
        ? left.map((model) => ({ model, against: left }))
        : left.flatMap((model) =>
            left.filter((x) => x !== model).map((other) => ({ model, against: [other] })),
          );
    const tests = pairs.map(({ model, against }) => {
      const differences = Array.from(
        { length: n },
        (_, t) => given[model][t] - mean(against.map((other) => given[other][t])),
      );
      const observed = mean(differences);
      const resampled = draws.map((draw) => mean(Array.from(draw, (t) => differences[t])) - observed);
      const error = Math.sqrt(mean(resampled.map((x) => x * x)));
      return { model, t: observed / error, resampled: resampled.map((x) => x / error) };
    });
    const largest = tests.reduce((a, b) => (b.t > a.t ? b : a));
    const simulated = draws.map((_, b) => Math.max(...tests.map(({ resampled }) => resampled[b])));
    pValue = Math.max(pValue, simulated.filter((value) => value >= largest.t).length / resamples);
    result.push({ model: largest.model, pValue });
    left = left.filter((model) => model !== largest.model);
  }
  return [...result, { model: left[0], pValue: 1 }];
}

describe('the model confidence set', () => {
  it.each([
    ['max', 'stationary'],
    ['max', 'moving_block'],
    ['range', 'stationary'],
    ['range', 'moving_block'],
  ] as const)('with %s and %s is its definition', (statistic, bootstrap) => {
    const given = losses(3, 120, [0.1, 0, 0.2, 0.05]);
    const options = { statistic, bootstrap, blockLength: 4, resamples: 200, seed: 9 };
    const found = modelConfidenceSet(given, options);
    expect(found.map(({ model, pValue }) => ({ model, pValue }))).toEqual(
      slowTwin(given, statistic, bootstrap, 4, 200, 9),
    );
  });

  it.each(['max', 'range'] as const)(
    'with %s drops what is clearly worse and keeps the rest',
    (statistic) => {
      const result = modelConfidenceSet(losses(5, 500, [0, 0.4, 0.01, 0.8]), { statistic, seed: 1 });
      expect(result.map(({ model }) => model).slice(0, 2)).toEqual([3, 1]);
      expect(
        result
          .filter(({ included }) => included)
          .map(({ model }) => model)
          .sort(),
      ).toEqual([0, 2]);
      const values = result.map(({ pValue }) => pValue);
      expect(values).toEqual([...values].sort((a, b) => a - b));
      expect(values.at(-1)).toBe(1);
    },
  );

  it('keeps the best model at least as often as its level says', () => {
    let missed = 0;
    for (let seed = 0; seed < 100; seed++) {
      const result = modelConfidenceSet(losses(seed, 200, [0, 0.02, 0.02, 0.02]), {
        seed,
        level: 0.1,
        resamples: 200,
      });
      if (!result.find(({ model }) => model === 0)!.included) missed++;
    }
    expect(missed).toBeLessThanOrEqual(10);
  });

  it('of two models is the same with both statistics, and close to Diebold and Mariano', () => {
    const given = losses(11, 800, [0, 0.04]);
    const options = { seed: 2, resamples: 4000, blockLength: 1 };
    const max = byModel(modelConfidenceSet(given, { ...options, statistic: 'max' }));
    expect(max).toEqual(byModel(modelConfidenceSet(given, { ...options, statistic: 'range' })));
    const differences = given[0].map((loss, t) => loss - given[1][t]);
    expect(Math.abs(Math.min(...max) - dieboldMariano(differences)!.pValue)).toBeLessThan(0.03);
  });

  it('does not depend on the order of the models or the unit of the losses', () => {
    const given = losses(7, 150, [0.1, 0, 0.3]);
    const p = byModel(modelConfidenceSet(given, { seed: 4 }));
    const turned = modelConfidenceSet([given[2], given[0], given[1]], { seed: 4 });
    expect(byModel(turned)).toEqual([p[2], p[0], p[1]]);
    const scaled = given.map((column) => column.map((loss) => loss * 1e-8));
    expect(byModel(modelConfidenceSet(scaled, { seed: 4 }))).toEqual(p);
  });

  it('gives the same for the same seed', () => {
    const given = losses(7, 150, [0.05, 0, 0.06]);
    expect(modelConfidenceSet(given, { seed: 4 })).toEqual(modelConfidenceSet(given, { seed: 4 }));
    expect(modelConfidenceSet(given, { seed: 4 })).not.toEqual(modelConfidenceSet(given, { seed: 5 }));
  });

  it.each(['max', 'range'] as const)(
    'with %s keeps twins together and tells constant differences',
    (statistic) => {
      const [one] = losses(8, 100, [0]);
      const twins = modelConfidenceSet([one, one.slice()], { seed: 1, statistic });
      expect(twins.every(({ pValue }) => pValue === 1)).toBe(true);
      const shifted = modelConfidenceSet([one, one.map((loss) => loss + 0.1)], { seed: 1, statistic });
      expect(shifted[0]).toEqual({ model: 1, pValue: 0, included: false });
      expect(modelConfidenceSet([one], { seed: 1 })).toEqual([{ model: 0, pValue: 1, included: true }]);
    },
  );

  it('refuses what it cannot compare', () => {
    const [one, two] = losses(8, 100, [0, 0]);
    expect(() => modelConfidenceSet([], { seed: 1 })).toThrow(RangeError);
    expect(() => modelConfidenceSet([one, two.subarray(1)], { seed: 1 })).toThrow(/99/);
    expect(() => modelConfidenceSet([one, two.map(() => Number.NaN)], { seed: 1 })).toThrow(/not finite/);
    expect(() => modelConfidenceSet([one, two], { seed: 1, level: 1 })).toThrow(RangeError);
    expect(() => modelConfidenceSet([one, two], { seed: 1, resamples: 10 })).toThrow(RangeError);
    expect(() => modelConfidenceSet([one, two], { seed: 1, blockLength: 101 })).toThrow(RangeError);
  });
});

describe('drawing blocks', () => {
  it.each(['stationary', 'moving_block'] as const)('%s draws every bar as often', (kind) => {
    const random = new SeededRandom(6);
    const counts = new Float64Array(20);
    for (let b = 0; b < 5000; b++) for (const bar of drawBlocks(20, 5, kind, random)) counts[bar]++;
    for (const count of counts) expect(count / 5000).toBeCloseTo(1, 0.9);
  });

  it('keeps neighbours together for the length asked for', () => {
    const random = new SeededRandom(6);
    const breaks = (kind: BlockBootstrap) => {
      const drawn = drawBlocks(100_000, 8, kind, random);
      let count = 1;
      for (let i = 1; i < drawn.length; i++) if (drawn[i] !== (drawn[i - 1] + 1) % drawn.length) count++;
      return drawn.length / count;
    };
    expect(breaks('moving_block')).toBeCloseTo(8, 2);
    expect(breaks('stationary')).toBeCloseTo(8, 0);
  });
});
