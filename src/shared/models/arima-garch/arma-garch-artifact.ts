import { FitError } from '../../errors/fit-error.ts';
import type { Json } from '../../json.ts';
import type { ArmaModel } from '../arima/arma-model.ts';
import { partialFromAr } from '../arima/partial-autocorrelations.ts';
import type { Hyperparameters } from '../forecaster.ts';
import { persistence } from '../garch/garch-model.ts';
import { REALIZED_NAMES } from '../garch/realized-garch-parameters.ts';
import type { VolatilityModel } from '../garch/volatility-model.ts';
import { requireArtifact } from '../require-artifact.ts';
import type { ArmaGarchVariant } from './arma-garch-variant.ts';

const VERSION = 2;

const REALIZED_PARAMETERS = [...REALIZED_NAMES, 'firstVariance'];

/** The parameters that each volatility model must have. */
const VOLATILITY_PARAMETERS: Readonly<Record<VolatilityModel['variance'], readonly string[]>> = {
  garch: ['omega', 'alpha', 'gamma', 'beta', 'firstVariance'],
  gjr: ['omega', 'alpha', 'gamma', 'beta', 'firstVariance'],
  egarch: ['omega', 'alpha', 'gamma', 'beta', 'firstVariance'],
  realized: REALIZED_PARAMETERS,
  realized_har: REALIZED_PARAMETERS,
};

/** A fitted mean and volatility model; numbers as they are, so that a person can read it. */
export interface ArmaGarchArtifact {
  readonly name: string;
  readonly version: typeof VERSION;
  readonly hyperparameters: Hyperparameters;
  readonly arma: ArmaModel;
  readonly volatility: VolatilityModel;
  /** Degrees of freedom of the innovations in the likelihood; null when they were normal. */
  readonly nu: number | null;
  /** Of the volatility model (with the measures', for realized GARCH), in the unit of log returns. */
  readonly logLikelihood: number;
  /** Whether both searches did: that for the mean (see `ArmaFit`) and that for the volatility (see `VolatilityFit`). */
  readonly converged: boolean;
}

/**
 * The artifact of what was fitted, with the numbers as they come back from storage: JSON keeps all but -0, which
 * becomes 0.
 */
export function armaGarchArtifact(parts: Omit<ArmaGarchArtifact, 'version'>): ArmaGarchArtifact {
  const { name, ...rest } = parts;
  return JSON.parse(JSON.stringify({ name, version: VERSION, ...rest })) as ArmaGarchArtifact;
}

/**
 * The estimates of a volatility model: without its name, the first variance, which is not estimated, and GARCH's
 * gamma.
 */
export function volatilityEstimates(volatility: VolatilityModel): Record<string, number> {
  return Object.fromEntries(
    Object.entries(volatility).filter(
      ([name, value]) =>
        typeof value === 'number' &&
        name !== 'firstVariance' &&
        !(volatility.variance === 'garch' && name === 'gamma'),
    ),
  );
}

/**
 * The artifact in a JSON document.
 *
 * @param variantOf what hyperparameters ask for; throws FitError `invalid_hyperparameters`
 * @throws FitError `invalid_artifact`, with the first thing that is wrong: it is not an artifact of `name`, has
 *   hyperparameters that the member does not, lacks a parameter, or holds one with which there is no forecast (not
 *   finite, a variance that is not positive, an autoregression that is not stationary, a moving average that is not
 *   invertible, ...)
 */
export function readArmaGarchArtifact(
  name: string,
  json: Json,
  variantOf: (hyperparameters: Hyperparameters) => ArmaGarchVariant,
): ArmaGarchArtifact {
  const artifact = requireArtifact(json, name, VERSION) as Partial<ArmaGarchArtifact>;
  const flaw = flawOf(artifact, variantOf);
  if (flaw !== null) throw new FitError('invalid_artifact', `No artifact of ${name}: ${flaw}`);
  return artifact as ArmaGarchArtifact;
}

/** What is wrong with an artifact; null when nothing is. */
function flawOf(
  { arma, volatility, nu, hyperparameters, logLikelihood, converged }: Partial<ArmaGarchArtifact>,
  variantOf: (hyperparameters: Hyperparameters) => ArmaGarchVariant,
): string | null {
  if (!isRecord(hyperparameters)) return 'its hyperparameters are missing';
  let variant: ArmaGarchVariant;
  try {
    variant = variantOf(hyperparameters);
  } catch (error) {
    return (error as Error).message;
  }
  if (!isRecord(volatility) || volatility.variance !== variant.variance) {
    return `its volatility is not ${variant.variance}, as its hyperparameters say`;
  }
  const needed = VOLATILITY_PARAMETERS[volatility.variance];
  const values = volatility as unknown as Readonly<Record<string, unknown>>;
  const missing = needed.find((parameter) => !Number.isFinite(values[parameter]));
  if (missing !== undefined) return `${missing} is ${values[missing]}, no finite number`;
  const rule = brokenRule(volatility);
  if (rule !== undefined) return rule;
  if (variant.innovations === 't' ? !(isNumber(nu) && nu > 2) : nu !== null) {
    return `nu is ${nu}: a number above 2 when innovations are t, null when they are normal`;
  }
  if (!isNumber(logLikelihood)) return `logLikelihood is ${logLikelihood}, no finite number`;
  if (typeof converged !== 'boolean') return `converged is ${converged}, neither true nor false`;
  return flawOfMean(arma);
}

/** What is wrong with what should be an ARMA mean; null when nothing is. */
export function flawOfMean(arma: ArmaModel | null | undefined): string | null {
  if (!isRecord(arma) || !isNumber(arma.mean)) return 'arma has no finite mean';
  if (!isNumbers(arma.ar) || !isNumbers(arma.ma)) return 'ar and ma of arma are not arrays of finite numbers';
  if (partialFromAr(Float64Array.from(arma.ar)) === null) return `ar ${arma.ar} is not stationary`;
  return isInvertible(arma.ma) ? null : `ma ${arma.ma} is not invertible`;
}

/** Damping that brings a root on the unit circle, where a fit may end, inside. */
const DAMPING = 1 - 1e-6;

function isInvertible(ma: readonly number[]): boolean {
  let power = 1;
  const damped = Float64Array.from(ma, (value) => {
    power *= DAMPING;
    return -value * power;
  });
  return partialFromAr(damped) !== null;
}

/** What rounding may leave of alpha + gamma where a fit has it at 0. */
const ROUNDING = 1e-12;

/** The first rule of a volatility model that its parameters, which are numbers, break. */
function brokenRule(model: VolatilityModel): string | undefined {
  const rules: (readonly [boolean, string])[] = [
    [model.firstVariance > 0, `firstVariance is ${model.firstVariance}, not positive`],
  ];
  switch (model.variance) {
    case 'egarch':
      rules.push([Math.abs(model.beta) < 1, `beta is ${model.beta}, not between -1 and 1`]);
      break;
    case 'realized':
    case 'realized_har':
      rules.push(
        [model.beta >= 0 && model.beta <= 1, `beta is ${model.beta}, not between 0 and 1`],
        [model.gamma >= 0, `gamma is ${model.gamma}, below 0`],
        [model.measureVariance > 0, `measureVariance is ${model.measureVariance}, not positive`],
      );
      break;
    default:
      rules.push(
        [model.omega > 0, `omega is ${model.omega}, not positive`],
        [model.alpha >= 0, `alpha is ${model.alpha}, below 0`],
        [model.alpha + model.gamma >= -ROUNDING, `alpha + gamma is ${model.alpha + model.gamma}, below 0`],
        [model.beta >= 0, `beta is ${model.beta}, below 0`],
        [persistence(model) < 1, `the persistence is ${persistence(model)}, not below 1`],
      );
  }
  return rules.find(([holds]) => !holds)?.[1];
}

function isRecord(value: unknown): value is Readonly<Record<string, never>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNumber(value: unknown): value is number {
  return Number.isFinite(value);
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every(isNumber);
}
