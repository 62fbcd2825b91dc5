import { describe, expect, it } from 'vitest';
import type { Json } from '../../../../src/shared/json.ts';
import { unlimitedBudget } from '../../../../src/shared/models/forecaster.ts';
import {
  type BoostedTrees,
  decodeTrees,
  encodeTrees,
  predictBoosted,
} from '../../../../src/shared/models/gradient-boosting/boosted-trees.ts';
import { squaredError } from '../../../../src/shared/models/gradient-boosting/boosting-objective.ts';
import { earlyStoppedBoosting } from '../../../../src/shared/models/gradient-boosting/early-stopped-boosting.ts';
import {
  type BoostingRules,
  GradientBoosting,
} from '../../../../src/shared/models/gradient-boosting/gradient-boosting.ts';
import { SeededRandom } from '../../../../src/shared/numerics/random.ts';

const RULES: BoostingRules = {
  trees: 60,
  depth: 3,
  learningRate: 0.1,
  lambda: 1,
  gamma: 0,
  minimumChildWeight: 5,
  subsample: 1,
  columnShare: 1,
  patience: 60,
  seed: 1,
};
const ROWS = 400;
const STOPPING_FROM = 300;

/** Noise, and a signal of two of the features times `signal`. */
function rows(features: number, signal: number) {
  const random = new SeededRandom(11);
  const columns = Array.from({ length: features }, () =>
    Float32Array.from({ length: ROWS }, () => random.normal()),
  );
  const targets = Float64Array.from(
    { length: ROWS },
    (_, i) => signal * (columns[0][i] > 0 ? columns[1][i] : 0) + random.normal(),
  );
  return { columns, targets };
}

function boost(signal: number, rules: Partial<BoostingRules> = {}, stoppingFrom = STOPPING_FROM) {
  const boosting = new GradientBoosting({ ...rows(5, signal), stoppingFrom, base: 0 }, squaredError, {
    ...RULES,
    ...rules,
  });
  expect(boosting.step(unlimitedBudget)).toBe(true);
  return boosting;
}

const encoded = ({ trees }: BoostedTrees) => JSON.stringify(encodeTrees(trees));

describe('boosting', () => {
  it('lowers the training loss with every tree', () => {
    const { losses } = boost(1);
    expect(losses).toHaveLength(61);
    for (let round = 1; round < losses.length; round++) {
      expect(losses[round].training).toBeLessThan(losses[round - 1].training);
    }
  });

  it('predicts what it measured while training', () => {
    const boosting = boost(1, {}, ROWS);
    const { columns, targets } = rows(5, 1);
    let loss = 0;
    for (let i = 0; i < ROWS; i++) {
      loss += squaredError.loss(predictBoosted(boosting.result(), columns, i), targets[i]) / ROWS;
    }
    expect(loss).toBeCloseTo(boosting.losses[60].training, 12);
    expect(boosting.result().trees).toHaveLength(60);
  });

  it('keeps the trees up to the round that was best on the stopping rows', () => {
    const boosting = boost(1, { learningRate: 0.5, depth: 6, minimumChildWeight: 1 });
    const stopping = boosting.losses.map((loss) => loss.stopping);
    const best = stopping.indexOf(Math.min(...stopping));
    expect(best).toBeGreaterThan(0);
    expect(best).toBeLessThan(60);
    expect(boosting.result().trees).toHaveLength(best);
  });

  it('stops when the loss has not fallen for as many trees as its patience', () => {
    const boosting = boost(1, { learningRate: 0.5, depth: 6, minimumChildWeight: 1, patience: 4 });
    expect(boosting.losses).toHaveLength(boosting.result().trees.length + 1 + 4);
  });

  it('does not look at the stopping rows for its trees', () => {
    const { columns, targets } = rows(5, 1);
    const changed = targets.map((value, i) => (i < STOPPING_FROM ? value : -value));
    const [as, other] = [targets, changed].map((of) => {
      const data = { columns, targets: of, stoppingFrom: STOPPING_FROM, base: 0 };
      const boosting = new GradientBoosting(data, squaredError, RULES);
      boosting.step({ expired: () => true });
      return boosting.checkpoint();
    });
    expect(other).toEqual(as);
  });

  it('draws rows and features by its seed, anew for each tree', () => {
    const shares = { subsample: 0.5, columnShare: 0.4 };
    const [one, same, other] = [1, 1, 2].map((seed) => encoded(boost(1, { ...shares, seed }).result()));
    expect(same).toBe(one);
    expect(other).not.toBe(one);
    const { trees } = boost(1, { ...shares, trees: 30 }, ROWS).result();
    const used = trees.map(({ features }) => [...new Set(features.filter((feature) => feature >= 0))]);
    expect(Math.max(...used.map((features) => features.length))).toBe(2);
    expect(new Set(used.flat()).size).toBe(5);
  });

  it('has no result before it is done', () => {
    const boosting = new GradientBoosting(
      { ...rows(2, 1), stoppingFrom: ROWS, base: 0 },
      squaredError,
      RULES,
    );
    boosting.step({ expired: () => true });
    expect(() => boosting.result()).toThrow('no result yet');
  });
});

describe('early-stopped boosting', () => {
  const start = (features: number, signal: number, checkpoint?: Json) => {
    const { columns, targets } = rows(features, signal);
    const rules = { ...RULES, subsample: 0.7, columnShare: 0.5, patience: 10 };
    return earlyStoppedBoosting(columns, targets, squaredError, rules, checkpoint);
  };

  it('grows as many trees on all rows as helped on the last 15 % of them', () => {
    const data = { ...rows(5, 3), base: 0 };
    const rules = { ...RULES, patience: 10 };
    const boosting = earlyStoppedBoosting(data.columns, data.targets, squaredError, rules);
    boosting.step(unlimitedBudget);
    const search = new GradientBoosting({ ...data, stoppingFrom: 0.85 * ROWS }, squaredError, rules);
    search.step(unlimitedBudget);
    const trees = search.result().trees.length;
    expect(trees).toBeGreaterThan(10);
    const all = new GradientBoosting({ ...data, stoppingFrom: ROWS }, squaredError, { ...rules, trees });
    all.step(unlimitedBudget);
    expect(encoded(boosting.result())).toBe(encoded(all.result()));
  });

  it('says no to 100 features of noise', () => {
    const boosting = start(100, 0);
    expect(boosting.step(unlimitedBudget)).toBe(true);
    expect(boosting.progress()).toBe(1);
    // What is left of the noise is less than a hundredth of its variance.
    const { columns } = rows(100, 0);
    const fitted = columns[0].map((_, row) => predictBoosted(boosting.result(), columns, row));
    expect(fitted.reduce((sum, value) => sum + value * value, 0) / ROWS).toBeLessThan(0.01);
  });

  it('cut after any tree and resumed elsewhere ends in the same bits', () => {
    const whole = start(5, 1);
    whole.step(unlimitedBudget);
    let pieces = start(5, 1);
    let progress = 0;
    for (let done = false; !done; ) {
      done = pieces.step({ expired: () => true });
      expect(pieces.progress()).toBeGreaterThanOrEqual(progress);
      progress = pieces.progress();
      pieces = start(5, 1, JSON.parse(JSON.stringify(pieces.checkpoint())) as Json);
    }
    expect(encoded(pieces.result())).toBe(encoded(whole.result()));
  });

  it.each([
    [null],
    [{}],
    [{ done: [-1], running: null }],
    [{ done: [1], running: 3 }],
    [{ done: [], running: 3 }],
  ])('refuses %j as a checkpoint', (checkpoint) => {
    expect(() => start(2, 1, checkpoint as Json)).toThrow(
      expect.objectContaining({ code: 'invalid_artifact' }),
    );
  });
});

describe('trees as JSON', () => {
  const { trees } = boost(1).result();
  const json = encodeTrees(trees) as { nodes: number[][]; values: string };

  it('come back to the bit', () => {
    expect(decodeTrees(JSON.parse(JSON.stringify(json)) as Json, 5)).toEqual(trees);
  });

  it.each([
    ['a feature that is not there', { ...json, nodes: [[10, -1, -1]] }],
    ['a node that is no whole number', { ...json, nodes: [[0.5]] }],
    ['a split without children', { ...json, nodes: [[0]] }],
    ['a node that no split leads to', { ...json, nodes: [[-1, -1]] }],
    ['fewer nodes than values', { ...json, nodes: json.nodes.slice(1) }],
    ['values that are no base64', { ...json, values: '*' }],
  ])('with %s are refused', (_name, changed) => {
    expect(() => decodeTrees(changed as Json, 5)).toThrow(
      expect.objectContaining({ code: 'invalid_artifact' }),
    );
  });
});
