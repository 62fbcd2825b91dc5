import { type BlockBootstrap, drawBlocks } from '../numerics/block-bootstrap.ts';
import { meanOf } from '../numerics/mean.ts';
import { SeededRandom } from '../numerics/random.ts';

export interface ModelConfidenceSetOptions {
  /** Probability that the set misses the best model; default 0.1. Models with a p value of at least this are in the set. */
  readonly level?: number;
  /**
   * `max`: T_max, each model against the mean of those left; `range`: T_R, each against each. Default `max`, as in R's
   * `MCS`.
   */
  readonly statistic?: 'max' | 'range';
  /** Default `stationary`. */
  readonly bootstrap?: BlockBootstrap;
  /** Length of a block (mean length when stationary), in bars; default the cube root of the bars, rounded up. */
  readonly blockLength?: number;
  /** Resamples; default 1000. A p value is a multiple of one over it. */
  readonly resamples?: number;
  readonly seed: number;
}

/** What became of a model. */
export interface ModelConfidence {
  /** Its place among the losses. */
  readonly model: number;
  /** The smallest level at which it is not in the set. */
  readonly pValue: number;
  readonly included: boolean;
}

/**
 * Squared standard error, relative to the squared loss, that rounding alone leaves between losses that differ by a
 * constant.
 */
const ROUNDING = 1e-24;

/**
 * The model confidence set of Hansen, Lunde and Nason (2011): the models that cannot be told from the best one.
 *
 * As long as the models left are not equally good, the worst one goes (the largest t statistic; section 3.1.2 of the paper).
 * A model's p value is the largest p value of the tests up to the one after which it went; the last model's is 1. The
 * distribution of the statistics and the standard errors come from a block bootstrap, drawn once for all rounds.
 *
 * Models whose losses are the same, bar by bar, have a t statistic of 0 against one another; those that differ by the same
 * amount on every bar are told apart for sure.
 *
 * @param losses by model, then by bar; smaller is better; at least one model and 10 bars
 * @returns in the order of elimination, worst first
 * @throws RangeError when lengths differ or are too small, a loss is not finite, or an option is out of its range
 */
export function modelConfidenceSet(
  losses: readonly Float64Array[],
  options: ModelConfidenceSetOptions,
): ModelConfidence[] {
  const n = requireLosses(losses);
  const {
    level = 0.1,
    statistic = 'max',
    bootstrap = 'stationary',
    blockLength = defaultBlockLength(n),
    resamples = 1000,
    seed,
  } = options;
  if (!(level > 0 && level < 1)) throw new RangeError(`A level lies between 0 and 1, not ${level}`);
  if (!Number.isInteger(resamples) || resamples < 100) {
    throw new RangeError(`The bootstrap needs at least 100 resamples, not ${resamples}`);
  }
  const means = Float64Array.from(losses, meanOf);
  const deviations = bootstrapDeviations(losses, means, resamples, () => new SeededRandom(seed), {
    bootstrap,
    blockLength,
  });
  const evaluate = statistic === 'max' ? againstMean : againstEach;

  let left = losses.map((_, model) => model);
  let pValue = 0;
  const result: ModelConfidence[] = [];
  while (left.length > 1) {
    const { observed, simulated, worst } = evaluate(left, means, deviations);
    let atLeast = 0;
    for (const value of simulated) if (value >= observed) atLeast++;
    pValue = Math.max(pValue, atLeast / resamples);
    result.push({ model: worst, pValue, included: pValue >= level });
    left = left.filter((model) => model !== worst);
  }
  result.push({ model: left[0], pValue: 1, included: true });
  return result;
}

interface EquivalenceTest {
  readonly observed: number;
  /** The statistic's values under equal losses, one per resample. */
  readonly simulated: Float64Array;
  /** The model to go if the test rejects. */
  readonly worst: number;
}

/** By model: mean loss of each resample minus mean loss. */
type Deviations = readonly Float64Array[];

/** T_max: the largest t statistic of a model against the mean of all that are left. */
function againstMean(left: readonly number[], means: Float64Array, deviations: Deviations): EquivalenceTest {
  const resamples = deviations[0].length;
  const averageOf = (value: (model: number) => number) =>
    left.reduce((sum, model) => sum + value(model), 0) / left.length;
  const averageMean = averageOf((model) => means[model]);
  const averages = Float64Array.from({ length: resamples }, (_, b) =>
    averageOf((model) => deviations[model][b]),
  );
  const simulated = new Float64Array(resamples).fill(Number.NEGATIVE_INFINITY);
  let observed = Number.NEGATIVE_INFINITY;
  let worst = left[0];
  for (const model of left) {
    const deviation = deviations[model].map((value, b) => value - averages[b]);
    const error = standardError(deviation, averageMean);
    const t = studentised(means[model] - averageMean, error, averageMean);
    if (t > observed) {
      observed = t;
      worst = model;
    }
    for (let b = 0; b < resamples; b++) {
      simulated[b] = Math.max(simulated[b], error > 0 ? deviation[b] / error : 0);
    }
  }
  return { observed, simulated, worst };
}

/** T_R: the largest absolute t statistic of any two; the model with the largest t statistic against any other goes. */
function againstEach(left: readonly number[], means: Float64Array, deviations: Deviations): EquivalenceTest {
  const resamples = deviations[0].length;
  const simulated = new Float64Array(resamples);
  let observed = Number.NEGATIVE_INFINITY;
  let worst = left[0];
  left.forEach((first, i) => {
    for (const second of left.slice(i + 1)) {
      const deviation = deviations[first].map((value, b) => value - deviations[second][b]);
      const size = Math.max(Math.abs(means[first]), Math.abs(means[second]));
      const error = standardError(deviation, size);
      const t = studentised(means[first] - means[second], error, size);
      if (Math.abs(t) > observed) {
        observed = Math.abs(t);
        worst = t >= 0 ? first : second;
      }
      for (let b = 0; b < resamples; b++) {
        simulated[b] = Math.max(simulated[b], error > 0 ? Math.abs(deviation[b]) / error : 0);
      }
    }
  });
  return { observed, simulated, worst };
}

/** Root mean square of the bootstrap deviations; 0 when they are rounding. @param size of the losses compared */
function standardError(deviation: Float64Array, size: number): number {
  let sum = 0;
  for (const value of deviation) sum += value * value;
  const variance = sum / deviation.length;
  return variance > ROUNDING * size * size ? Math.sqrt(variance) : 0;
}

function studentised(difference: number, error: number, size: number): number {
  if (error > 0) return difference / error;
  if (difference * difference <= ROUNDING * size * size) return 0;
  return difference > 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
}

function bootstrapDeviations(
  losses: readonly Float64Array[],
  means: Float64Array,
  resamples: number,
  startRandom: () => SeededRandom,
  { bootstrap, blockLength }: { readonly bootstrap: BlockBootstrap; readonly blockLength: number },
): Deviations {
  const random = startRandom();
  const n = losses[0].length;
  const deviations = losses.map(() => new Float64Array(resamples));
  for (let b = 0; b < resamples; b++) {
    const bars = drawBlocks(n, blockLength, bootstrap, random);
    losses.forEach((loss, model) => {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += loss[bars[i]] - means[model];
      deviations[model][b] = sum / n;
    });
  }
  return deviations;
}

/** The smallest whole number whose cube is not below n: the order that a bootstrap of a mean's variance asks for. */
export function defaultBlockLength(n: number): number {
  let length = 1;
  while (length * length * length < n) length++;
  return length;
}

function requireLosses(losses: readonly Float64Array[]): number {
  const n = losses[0]?.length ?? 0;
  if (losses.length === 0 || n < 10) {
    throw new RangeError(`A confidence set needs a model and 10 bars, got ${losses.length} and ${n}`);
  }
  losses.forEach((loss, model) => {
    if (loss.length !== n) {
      throw new RangeError(`Model ${model} has ${loss.length} losses, the first one ${n}`);
    }
    if (!loss.every(Number.isFinite)) throw new RangeError(`A loss of model ${model} is not finite`);
  });
  return n;
}
