import { nearestPattern } from '../../../src/cli/rehearse/nearest-pattern.ts';
import { unlimitedBudget } from '../../../src/shared/models/forecaster.ts';
import { predictBoosted } from '../../../src/shared/models/gradient-boosting/boosted-trees.ts';
import { squaredError } from '../../../src/shared/models/gradient-boosting/boosting-objective.ts';
import { GradientBoosting } from '../../../src/shared/models/gradient-boosting/gradient-boosting.ts';
import { deriveSeed } from '../../../src/shared/numerics/derive-seed.ts';
import { ordinaryLeastSquares } from '../../../src/shared/numerics/ordinary-least-squares.ts';
import { SeededRandom } from '../../../src/shared/numerics/random.ts';
import type { ZooModel } from '../zoo-model.ts';
import { reshaped } from '../zoo-window.ts';
import { memorisingLstm } from './memorising-lstm.ts';

/** Columns of noise that least squares may use. */
const NOISE_FEATURES = 100;
/** Returns that describe a bar to the nearest neighbour and to boosting. */
const PATTERN_BARS = 5;
const BOOSTING_PATTERN_BARS = 10;

/**
 * Least squares of the return on a constant and 100 independent standard normal features that say nothing of it; fitted on all
 * known bars. A bar's features derive from the seed and its ordinal, the same in fit and forecast.
 */
const noiseFeatures: ZooModel = {
  name: `least squares on ${NOISE_FEATURES} noise features`,
  group: 'memoriser',
  fit({ returns, seed }) {
    const features = (bar: number) => {
      const random = new SeededRandom(deriveSeed(seed, 'features', bar));
      return Float64Array.from({ length: NOISE_FEATURES }, () => random.normal());
    };
    const rows = Array.from({ length: returns.length - 1 }, (_, row) => features(row + 1));
    const columns = [
      new Float64Array(rows.length).fill(1),
      ...Array.from({ length: NOISE_FEATURES }, (_, column) => Float64Array.from(rows, (row) => row[column])),
    ];
    const { coefficients } = ordinaryLeastSquares(columns, returns.slice(1))!;
    return (stretch) =>
      stretch.fhs.map((forecast, i) => {
        const bar = stretch.from + i;
        const row = rows[bar - 1] ?? features(bar);
        return reshaped(
          forecast,
          row.reduce((sum, value, column) => sum + coefficients[column + 1] * value, coefficients[0]),
        );
      });
  },
};

/** Known bar whose preceding returns are nearest to those before `bar`. Bar 0 has no return. */
function nearestBar(known: Float64Array, returns: Float64Array, bar: number): number {
  return nearestPattern(known, returns, bar, PATTERN_BARS, PATTERN_BARS + 1);
}

/** The return that followed the known five returns that are most like the last five. */
const nearestNeighbour: ZooModel = {
  name: '1-nearest neighbour',
  group: 'memoriser',
  fit:
    ({ returns: known }) =>
    (stretch) =>
      stretch.fhs.map((forecast, i) =>
        reshaped(forecast, known[nearestBar(known, stretch.returns, stretch.from + i)]),
      ),
};

/** A standard normal deviate is that far from 0 on average. */
const MEAN_ABSOLUTE_NORMAL = 0.7978845608028654;
/** The memorised scale is never below this share of that of filtered historical simulation. */
const SMALLEST_STRETCH = 0.05;

/**
 * A scale that knows how far each known bar moved, and takes that of the nearest known bar for a new one. Its mean is that of
 * filtered historical simulation.
 */
const memorisedScale: ZooModel = {
  name: 'memorised scale',
  group: 'memoriser',
  fit:
    ({ returns: known }) =>
    (stretch) =>
      stretch.fhs.map((forecast, i) => {
        const move = Math.abs(known[nearestBar(known, stretch.returns, stretch.from + i)]);
        const factor = move / (MEAN_ABSOLUTE_NORMAL * forecast.scale);
        return reshaped(forecast, forecast.mean, Math.max(SMALLEST_STRETCH, factor));
      }),
};

/** Lagged returns by column for the bars `from` to `to` - 1. */
function laggedReturns(returns: Float64Array, from: number, to: number): Float32Array[] {
  return Array.from({ length: BOOSTING_PATTERN_BARS }, (_, lag) =>
    Float32Array.from({ length: to - from }, (_, i) => returns[from + i - 1 - lag]),
  );
}

/** Boosting of the mean on the last ten returns: 100 trees of depth 6, learning rate 1, no penalty, no stopping. */
const unshrunkBoosting: ZooModel = {
  name: 'boosting without shrinkage',
  group: 'memoriser',
  fit({ returns, seed }) {
    const first = BOOSTING_PATTERN_BARS + 1;
    const targets = returns.slice(first);
    const boosting = new GradientBoosting(
      {
        columns: laggedReturns(returns, first, returns.length),
        targets,
        stoppingFrom: targets.length,
        base: 0,
      },
      squaredError,
      {
        ...{ trees: 100, depth: 6, learningRate: 1, subsample: 1, columnShare: 1, patience: 100 },
        ...{ lambda: 0, gamma: 0, minimumChildWeight: 1, seed },
      },
    );
    boosting.step(unlimitedBudget);
    const trees = boosting.result();
    return (stretch) => {
      const columns = laggedReturns(stretch.returns, stretch.from, stretch.to);
      return stretch.fhs.map((forecast, i) => reshaped(forecast, predictBoosted(trees, columns, i)));
    };
  },
};

/** Models that know by heart the bars they were fitted on. */
export const MEMORISERS: readonly ZooModel[] = [
  noiseFeatures,
  nearestNeighbour,
  memorisingLstm,
  unshrunkBoosting,
  memorisedScale,
];
