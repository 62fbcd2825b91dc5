import { FitError } from '../errors/fit-error.ts';
import type { Hyperparameters } from './forecaster.ts';

/**
 * Refuses hyperparameters that are missing, unknown or not among the allowed values.
 *
 * @param allowed each name with its values
 * @throws FitError `invalid_hyperparameters`
 */
export function requireHyperparameters(
  forecaster: string,
  given: Hyperparameters,
  allowed: Readonly<Record<string, readonly (string | number | boolean)[]>>,
): void {
  for (const [name, values] of Object.entries(allowed)) {
    if (values.includes(given[name])) continue;
    throw new FitError(
      'invalid_hyperparameters',
      `${forecaster} needs ${name} to be one of ${values.join(', ')}, not ${given[name]}`,
      { forecaster, name },
    );
  }
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(allowed, name)) continue;
    throw new FitError('invalid_hyperparameters', `${forecaster} has no hyperparameter ${name}`, {
      forecaster,
      name,
    });
  }
}
