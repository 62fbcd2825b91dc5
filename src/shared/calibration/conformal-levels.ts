import ln from '@stdlib/math-base-special-ln';
import { FitError } from '../errors/fit-error.ts';
import type { Json } from '../json.ts';
import {
  type PredictiveDistribution,
  QUANTILE_LEVELS,
} from '../numerics/distributions/predictive-distribution.ts';
import { decodeFloat64OrNull, encodeFloat64 } from '../numerics/float64-codec.ts';
import { meanOf } from '../numerics/mean.ts';

/** A level stays this far from 0 and 1: what lies beyond is not in the pools that the quantiles come from. */
const OUTERMOST_LEVEL = 0.0005;

const FIRST = QUANTILE_LEVELS[0];
const LN_2 = ln(2);

/**
 * Online adaptive conformal inference (Gibbs and Candes 2021, "Adaptive conformal inference under distribution shift", equation 2),
 * quantile by quantile: where a stated quantile of level p should be read off the forecast, the level tau instead, which
 * moves by step x (p - 1{outcome at most the quantile read off}) when a bar came true. In the long run the share of outcomes below each
 * quantile is its level, whatever the forecasts are.
 *
 * Levels that cross are put in order again (the rearrangement of Chernozhukov, Fernandez-Val and Galichon 2010), which never makes
 * quantiles worse. Between the forecast's levels quantiles are interpolated linearly; beyond the outermost they go on as an exponential
 * tail whose rate halves the probability from 1 to 0.5 %, the tail that the log score knows.
 */
export class ConformalLevels {
  readonly step: number;
  readonly #levels: Float64Array;

  /** @param step between 0 and 1, both excluded; 0.001 is recommended */
  constructor(step: number, levels: ArrayLike<number> = QUANTILE_LEVELS) {
    if (!(step > 0 && step < 1)) throw new RangeError(`A conformal step is between 0 and 1, not ${step}`);
    this.step = step;
    this.#levels = Float64Array.from(levels);
  }

  /** By place in `QUANTILE_LEVELS`: the level that is read off. Ascending, between 0 and 1. */
  get levels(): Float64Array {
    return this.#levels.slice();
  }

  /** The forecast with its quantiles read off at the adapted levels, and the mean that they have; its scale stays. */
  adapt({ scale, quantiles }: PredictiveDistribution): PredictiveDistribution {
    const adapted = quantilesAt(quantiles, this.#levels);
    return { mean: meanOf(adapted), scale, quantiles: adapted };
  }

  /** Learns from a bar that came true. @param quantiles of the forecast before it was adapted */
  learn(quantiles: Float64Array, outcome: number): void {
    const adapted = quantilesAt(quantiles, this.#levels);
    for (let i = 0; i < adapted.length; i++) {
      const below = outcome <= adapted[i] ? 1 : 0;
      const moved = this.#levels[i] + this.step * (QUANTILE_LEVELS[i] - below);
      this.#levels[i] = Math.max(OUTERMOST_LEVEL, Math.min(1 - OUTERMOST_LEVEL, moved));
    }
    this.#levels.sort();
  }

  /** Another with the same levels. */
  copy(): ConformalLevels {
    return new ConformalLevels(this.step, this.#levels);
  }

  /** Step and levels, to the bit. */
  toJSON(): Json {
    return encodeFloat64(Float64Array.of(this.step, ...this.#levels));
  }

  /** The inverse of {@link toJSON}. @throws FitError `invalid_artifact` */
  static from(json: Json): ConformalLevels {
    const values = decodeFloat64OrNull(json) ?? new Float64Array(0);
    const levels = values.subarray(1);
    const ordered = levels.every((level, i) => level > 0 && level < 1 && (i === 0 || level >= levels[i - 1]));
    if (levels.length !== QUANTILE_LEVELS.length || !ordered || !(values[0] > 0 && values[0] < 1)) {
      throw new FitError(
        'invalid_artifact',
        `Conformal levels are a step and ${QUANTILE_LEVELS.length} ascending levels`,
      );
    }
    return new ConformalLevels(values[0], levels);
  }
}

/** Quantiles at other levels, which ascend. @param quantiles at `QUANTILE_LEVELS` */
function quantilesAt(quantiles: Float64Array, levels: Float64Array): Float64Array {
  const last = quantiles.length - 1;
  let previous = Number.NEGATIVE_INFINITY;
  return levels.map((level) => {
    const place = level / FIRST - 1;
    let quantile: number;
    if (place < 0) {
      quantile = quantiles[0] - ((quantiles[1] - quantiles[0]) * ln(FIRST / level)) / LN_2;
    } else if (place > last) {
      quantile = quantiles[last] + ((quantiles[last] - quantiles[last - 1]) * ln(FIRST / (1 - level))) / LN_2;
    } else {
      const below = Math.min(Math.floor(place), last - 1);
      quantile = quantiles[below] + (place - below) * (quantiles[below + 1] - quantiles[below]);
    }
    // Rounding may put an interpolated value an ulp above the next one.
    previous = Math.max(previous, quantile);
    return previous;
  });
}
