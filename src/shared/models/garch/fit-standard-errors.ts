import type { EgarchModel } from './egarch-model.ts';
import { garchLikelihood, garchSearchSpace } from './fit-garch.ts';
import { type RealizedGarchSpecification, realizedGarchLikelihood } from './fit-realized-garch.ts';
import type { GarchModel } from './garch-model.ts';
import type { Likelihood } from './likelihood.ts';
import { countMeasures, MINIMUM_MEASURES } from './measurement-regression.ts';
import type { ParameterBound } from './parameter-bound.ts';
import { meanLogMeasure } from './realized-garch-likelihood.ts';
import type { RealizedGarchModel } from './realized-garch-model.ts';
import { RealizedGarchSearchSpace } from './realized-garch-search-space.ts';
import { scaleValues } from './scaled-values.ts';
import { isZero, type StandardErrors, standardErrors, withoutErrors } from './standard-errors.ts';
import type { VolatilityFit } from './volatility-search.ts';
import type { VolatilitySpecification } from './volatility-specification.ts';

/** What standard errors need of a fit. */
type Estimates<Model> = Pick<VolatilityFit<Model>, 'model' | 'mu' | 'nu'>;

/**
 * The standard errors of GARCH, GJR-GARCH or EGARCH; see `standardErrors` about bounds. When the values are residuals of
 * a mean that was itself estimated, that is not counted.
 *
 * @param y the values that were fitted
 * @param specification as they were fitted with
 * @param fit what `fitGarch` gave
 * @throws FitError for values that `fitGarch` refuses
 */
export function garchStandardErrors(
  y: Float64Array,
  specification: VolatilitySpecification,
  fit: Estimates<GarchModel | EgarchModel>,
): StandardErrors {
  const { variance, innovations, mean } = specification;
  const estimated = [
    ...(mean === 'constant' ? ['mu'] : []),
    'omega',
    'alpha',
    ...(variance === 'garch' ? [] : ['gamma']),
    'beta',
    ...(innovations === 't' ? ['nu'] : []),
  ];
  const bounds = garchSearchSpace(specification).bounds(scaleValues(y, mean));
  return errorsOf(garchLikelihood(y, specification), fit, estimated, ['alpha', 'gamma'], bounds);
}

/**
 * The standard errors of realized GARCH; as {@link garchStandardErrors}.
 *
 * @param y the values that were fitted
 * @param logMeasures their log measures
 * @param fit what a `RealizedGarchSearch` found
 */
export function realizedGarchStandardErrors(
  y: Float64Array,
  logMeasures: Float64Array,
  specification: RealizedGarchSpecification,
  fit: Estimates<RealizedGarchModel>,
): StandardErrors {
  const { innovations, mean } = specification;
  if (countMeasures(logMeasures) < MINIMUM_MEASURES) return withoutErrors('too_few_measures');
  const likelihood = realizedGarchLikelihood(y, logMeasures, specification);
  const estimated = likelihood.parameterNames.filter(
    (name) => (name !== 'mu' || mean === 'constant') && (name !== 'nu' || innovations === 't'),
  );
  const space = new RealizedGarchSearchSpace(innovations, mean);
  const bounds = space.bounds(scaleValues(y, mean), meanLogMeasure(logMeasures));
  return errorsOf(likelihood, fit, estimated, ['gamma'], bounds);
}

/** @param reactions the parameters of which one at least must not be 0, or beta is any number */
function errorsOf(
  likelihood: Likelihood,
  { model, mu, nu }: Estimates<object>,
  estimated: readonly string[],
  reactions: readonly string[],
  bounds: readonly ParameterBound[],
): StandardErrors {
  const values: Readonly<Record<string, number>> = { ...model, mu, nu: nu ?? Number.POSITIVE_INFINITY };
  const parameters = Float64Array.from(likelihood.parameterNames, (name) => values[name]);
  return reactions.every((name) => isZero(likelihood, parameters, name))
    ? withoutErrors('not_identified')
    : standardErrors(likelihood, parameters, estimated, bounds);
}
