import ln from '@stdlib/math-base-special-ln';
import { FitError } from '../../errors/fit-error.ts';
import { withCentralDifferences } from '../../numerics/central-differences.ts';
import { lowestMinimum, type Minimum, minimise, type Objective } from '../../numerics/minimise.ts';
import { ArmaFilter } from './arma-filter.ts';
import { type ArmaModel, type ArmaOrder, arFromPartial } from './arma-model.ts';
import { arma11Likelihood } from './arma11-likelihood.ts';

const LN_TWO_PI = 1.8378770664093453;
/** Partial autocorrelations stay this far inside the unit circle. */
const LARGEST_PARTIAL = 0.999;

/** An ARMA model fitted by exact maximum likelihood. */
export interface ArmaFit extends ArmaModel {
  /** Innovation variance: mean squared standardised innovation, in the data's unit squared. */
  readonly variance: number;
  readonly logLikelihood: number;
  /** Akaike's criterion corrected for small samples (Hurvich and Tsai 1989); mean and variance count as parameters. */
  readonly aicc: number;
  /** False where the data do not tell the coefficients apart, so that the likelihood is flat. */
  readonly converged: boolean;
}

/**
 * Fits an ARMA(p, q) with a mean by exact Gaussian maximum likelihood, as R's `arima(y, c(p, 0, q), method = "ML")`.
 *
 * Mean and innovation variance are concentrated out (generalised least squares through the Kalman filter); the rest is
 * searched over partial autocorrelations, so that every candidate is stationary and invertible (within 0.999).
 *
 * @param y at least p + q + 4 values, not all the same
 * @throws FitError `too_few_bars`, `not_finite`, `constant_series`, `not_converged`
 */
export function fitArma(y: Float64Array, order: ArmaOrder): ArmaFit {
  const { p, q } = order;
  const n = y.length;
  if (n < p + q + 4) {
    throw new FitError(
      'too_few_bars',
      `${n} values are too few for ARMA(${p}, ${q}): it needs ${p + q + 4}.`,
      {
        have: n,
        need: p + q + 4,
      },
    );
  }
  const sampleMean = y.reduce((sum, value) => sum + value, 0) / n;
  const spread = Math.sqrt(
    y.reduce((sum, value) => sum + (value - sampleMean) * (value - sampleMean), 0) / n,
  );
  if (!Number.isFinite(spread)) throw new FitError('not_finite', `The ${n} values are not all finite.`);
  if (!(spread > 0))
    throw new FitError('constant_series', `All ${n} values are ${y[0]}: there is nothing to fit.`);
  const scaled = y.map((value) => (value - sampleMean) / spread);

  const size = p + q;
  const model = (x: Float64Array) => ({
    ar: arFromPartial(x.subarray(0, p)),
    ma: arFromPartial(x.subarray(p)).map((value) => -value),
  });
  let best: Minimum = { x: new Float64Array(0), value: 0, converged: true, iterations: 0 };
  if (size > 0) {
    const objective =
      p <= 1 && q <= 1
        ? arma11Objective(scaled, order)
        : withCentralDifferences((x) => -concentratedLikelihood(scaled, model(x)).logLikelihood);
    const bounds = {
      lower: new Float64Array(size).fill(-LARGEST_PARTIAL),
      upper: new Float64Array(size).fill(LARGEST_PARTIAL),
    };
    best = lowestMinimum(startingPoints(p, q).map((start) => minimise(objective, start, bounds)));
    if (!Number.isFinite(best.value)) {
      throw new FitError(
        'not_converged',
        `The likelihood of ARMA(${p}, ${q}) is not finite on ${n} values.`,
        {
          p,
          q,
        },
      );
    }
  }
  const coefficients = model(best.x);
  const likelihood = concentratedLikelihood(scaled, coefficients);
  const logLikelihood = likelihood.logLikelihood - n * ln(spread);
  const parameters = size + 2;
  return {
    ar: [...coefficients.ar],
    ma: [...coefficients.ma],
    mean: sampleMean + spread * likelihood.mean,
    variance: spread * spread * likelihood.variance,
    logLikelihood,
    aicc: -2 * logLikelihood + (2 * parameters * n) / (n - parameters - 1),
    converged: best.converged,
  };
}

/** At most one term of each kind: the analytic gradient. Partial autocorrelations are then the coefficients themselves. */
function arma11Objective(y: Float64Array, { p, q }: ArmaOrder): Objective {
  return (x, gradient) => {
    const likelihood = arma11Likelihood(y, p === 1 ? x[0] : 0, q === 1 ? -x[p] : 0);
    if (p === 1) gradient[0] = -likelihood.gradient[0];
    if (q === 1) gradient[p] = likelihood.gradient[1];
    return -likelihood.logLikelihood;
  };
}

/** The log-likelihood at given coefficients, maximised over mean and innovation variance. */
function concentratedLikelihood(y: Float64Array, model: { ar: ArrayLike<number>; ma: ArrayLike<number> }) {
  const filter = new ArmaFilter(model.ar, model.ma, 2);
  const n = y.length;
  let yy = 0;
  let y1 = 0;
  let ones = 0;
  let logVariances = 0;
  for (let t = 0; t < n; t++) {
    const f = filter.innovationVariance;
    const v = filter.update(y[t], 0);
    const one = filter.update(1, 1);
    filter.advance();
    yy += (v * v) / f;
    y1 += (v * one) / f;
    ones += (one * one) / f;
    if (f !== 1) logVariances += ln(f);
  }
  const mean = y1 / ones;
  const variance = (yy - y1 * mean) / n;
  const logLikelihood = -0.5 * (n * (LN_TWO_PI + ln(variance) + 1) + logVariances);
  return { mean, variance, logLikelihood };
}

/** No dependence; and for mixed models both sides of the ridge on which the two parts cancel. */
function startingPoints(p: number, q: number): Float64Array[] {
  const origin = new Float64Array(p + q);
  if (p === 0 || q === 0) return [origin];
  return [0.7, -0.7].map((first) => {
    const start = origin.slice();
    start[0] = first;
    start[p] = 0.85 * first;
    return start;
  });
}
