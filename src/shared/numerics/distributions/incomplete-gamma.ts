import digamma from '@stdlib/math-base-special-digamma';
import exp from '@stdlib/math-base-special-exp';
import gammaln from '@stdlib/math-base-special-gammaln';
import ln from '@stdlib/math-base-special-ln';
import { LN_TWO_PI } from '../constants.ts';
import { expm1 } from '../expm1.ts';
import { continuedFraction } from './continued-fraction.ts';
import { deviance } from './deviance.ts';
import { gammaOfLargeShape } from './gamma-of-large-shape.ts';
import type { ScaledProbability } from './scaled-probability.ts';
import { stirlingError } from './stirling-error.ts';

/** From here Stirling's series is exact. */
const STIRLING = 10;
/** From here few terms of a series in 1 / shape do; below, sums of up to 3,000 terms. */
const LARGE_SHAPE = 1e5;

/**
 * The regularised incomplete gamma functions P and Q: probabilities of a gamma variate with rate 1. Q is exact, however small.
 *
 * P up to shape + 1 by its series (DLMF 8.11.4), Q beyond by its continued fraction (the even part of DLMF 8.9.2): what is
 * small is computed, and the other one is 1 minus it. Exact to 5e-13, relative, down to 1e-300. Their common factor is
 * Loader's density, which keeps its digits where the shape is large. For a shape below 1 Q can be small while P is
 * computed, and has a series of its own. Very large shapes: Temme's expansion.
 *
 * @param x positive and finite
 * @param shape positive and finite
 */
export function incompleteGamma(x: number, shape: number): ScaledProbability {
  if (shape >= LARGE_SHAPE) return gammaOfLargeShape(x, shape);
  const logScale = logFactor(x, shape);
  if (x > shape + 1) {
    const fraction = upperFraction(x, shape);
    return { side: 'upper', logScale, ratio: shape / fraction, elasticity: fraction };
  }
  if (shape < 1) {
    const probability = upperOfSmallShape(x, shape);
    return {
      side: 'upper',
      logScale: 0,
      ratio: probability,
      elasticity: (shape * exp(logScale)) / probability,
    };
  }
  const series = lowerSeries(x, shape);
  return { side: 'lower', logScale, ratio: series, elasticity: shape / series };
}

/** ln Gamma(1 + a), relative to its own size: what rounding takes from 1 + a is put back. */
function logGammaOnePlus(a: number): number {
  const sum = 1 + a;
  return gammaln(sum) + (a - (sum - 1)) * digamma(sum);
}

/** ln(x^shape exp(-x) / Gamma(shape + 1)). */
function logFactor(x: number, shape: number): number {
  if (shape < STIRLING) return shape * ln(x) - x - logGammaOnePlus(shape);
  return -deviance(shape, x) - stirlingError(shape) - 0.5 * (LN_TWO_PI + ln(shape));
}

/** 1 + x / (shape + 1) + x^2 / ((shape + 1)(shape + 2)) + ... */
function lowerSeries(x: number, shape: number): number {
  let term = 1;
  let sum = 1;
  for (let n = 1; term > 1e-17 * sum; n++) {
    term *= x / (shape + n);
    sum += term;
  }
  return sum;
}

/** x + 1 - shape - 1 (1 - shape) / (x + 3 - shape - 2 (2 - shape) / ...) */
function upperFraction(x: number, shape: number): number {
  const first = x + 1 - shape;
  return continuedFraction(
    first,
    (n) => -n * (n - shape),
    (n) => first + 2 * n,
  );
}

/** Q of a shape below 1: 1 - x^a / Gamma(1 + a) (1 + a (-x / (a + 1) + x^2 / (2! (a + 2)) - ...)), DLMF 8.7.1. */
function upperOfSmallShape(x: number, shape: number): number {
  let power = 1;
  let sum = 0;
  for (let n = 1; n < 100; n++) {
    power *= -x / n;
    const next = sum + power / (shape + n);
    if (next === sum) break;
    sum = next;
  }
  const logPower = shape * ln(x) - logGammaOnePlus(shape);
  return -expm1(logPower) - exp(logPower) * shape * sum;
}
