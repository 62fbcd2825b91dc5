import { FitError } from '../../errors/fit-error.ts';
import type { Hyperparameters, Json } from '../forecaster.ts';
import type { ArmaModel } from './arma-model.ts';
import type { GarchModel } from './garch-model.ts';

/** A fitted mean and volatility model as it is stored; numbers as they are, so that a person can read it. */
export interface ArmaGarchArtifact {
  readonly name: string;
  readonly version: 1;
  readonly hyperparameters: Hyperparameters;
  readonly arma: ArmaModel;
  readonly garch: GarchModel;
  /** Degrees of freedom of the innovations in the likelihood; null when they were normal. */
  readonly nu: number | null;
  /** Of the volatility model, in the unit of log returns. */
  readonly logLikelihood: number;
  readonly converged: boolean;
}

/**
 * The artifact in a JSON document. JSON keeps every finite double except -0, which is stored as 0.
 *
 * @throws FitError `invalid_artifact` when it is not an artifact of `name` or a parameter is not a finite number
 */
export function readArmaGarchArtifact(name: string, json: Json): ArmaGarchArtifact {
  const artifact = (json ?? {}) as Partial<ArmaGarchArtifact>;
  if (artifact.name !== name || artifact.version !== 1) {
    throw new FitError(
      'invalid_artifact',
      `Not an artifact of ${name}, version 1: ${artifact.name}, version ${artifact.version}.`,
    );
  }
  const { arma, garch } = artifact;
  const numbers = [
    ...(arma?.ar ?? [undefined]),
    ...(arma?.ma ?? [undefined]),
    arma?.mean,
    garch?.omega,
    garch?.alpha,
    garch?.gamma,
    garch?.beta,
    garch?.presampleVariance,
  ];
  if (!numbers.every((value) => Number.isFinite(value))) {
    throw new FitError(
      'invalid_artifact',
      `An artifact of ${name} lacks a parameter or holds one that is no number.`,
    );
  }
  return artifact as ArmaGarchArtifact;
}

/** The same numbers with 0 for -0, as they come back from storage. */
export function withoutNegativeZero(artifact: ArmaGarchArtifact): ArmaGarchArtifact {
  return JSON.parse(JSON.stringify(artifact)) as ArmaGarchArtifact;
}
