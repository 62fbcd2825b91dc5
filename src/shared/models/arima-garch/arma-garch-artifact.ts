import { FitError } from '../../errors/fit-error.ts';
import type { ArmaModel } from '../arima/arma-model.ts';
import type { Hyperparameters, Json } from '../forecaster.ts';
import type { VolatilityModel } from '../garch/volatility-model.ts';

const VERSION = 2;

/** The parameters that each volatility model must have. */
const VOLATILITY_PARAMETERS: Readonly<Record<VolatilityModel['variance'], readonly string[]>> = {
  garch: ['omega', 'alpha', 'gamma', 'beta', 'firstVariance'],
  gjr: ['omega', 'alpha', 'gamma', 'beta', 'firstVariance'],
  egarch: ['omega', 'alpha', 'gamma', 'beta', 'firstVariance'],
  realized: ['omega', 'beta', 'gamma', 'xi', 'phi', 'tau1', 'tau2', 'measureVariance', 'firstVariance'],
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
  readonly converged: boolean;
}

/** The artifact of what was fitted, with the numbers as they come back from storage: JSON keeps all but -0, which becomes 0. */
export function armaGarchArtifact(parts: Omit<ArmaGarchArtifact, 'version'>): ArmaGarchArtifact {
  const { name, ...rest } = parts;
  return JSON.parse(JSON.stringify({ name, version: VERSION, ...rest })) as ArmaGarchArtifact;
}

/**
 * The artifact in a JSON document.
 *
 * @throws FitError `invalid_artifact` when it is not an artifact of `name` or a parameter is not a finite number
 */
export function readArmaGarchArtifact(name: string, json: Json): ArmaGarchArtifact {
  const artifact = (json ?? {}) as Partial<ArmaGarchArtifact>;
  if (artifact.name !== name || artifact.version !== VERSION) {
    throw new FitError(
      'invalid_artifact',
      `Not an artifact of ${name}, version ${VERSION}: ${artifact.name}, version ${artifact.version}.`,
    );
  }
  const { arma, nu } = artifact;
  const volatility = (artifact.volatility ?? {}) as Readonly<Record<string, unknown>>;
  const kind = volatility.variance;
  const needed =
    typeof kind === 'string' && Object.hasOwn(VOLATILITY_PARAMETERS, kind)
      ? VOLATILITY_PARAMETERS[kind as VolatilityModel['variance']]
      : ['variance'];
  const numbers = [
    ...(arma?.ar ?? [undefined]),
    ...(arma?.ma ?? [undefined]),
    arma?.mean,
    ...needed.map((parameter) => volatility[parameter]),
  ];
  if (!numbers.every((value) => Number.isFinite(value)) || !(nu === null || Number.isFinite(nu))) {
    throw new FitError(
      'invalid_artifact',
      `An artifact of ${name} lacks a parameter or holds one that is no number.`,
    );
  }
  return artifact as ArmaGarchArtifact;
}
