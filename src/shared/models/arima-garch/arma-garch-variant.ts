import { FitError } from '../../errors/fit-error.ts';
import type { Hyperparameters } from '../forecaster.ts';
import type { Innovations } from '../garch/innovation-distribution.ts';
import type { VolatilityModel } from '../garch/volatility-model.ts';
import { requireHyperparameters } from '../require-hyperparameters.ts';

const NAME = 'ARIMA_GARCH';

/** Which volatility model is fitted, with which likelihood. */
export interface ArmaGarchVariant {
  readonly variance: VolatilityModel['variance'];
  readonly innovations: Innovations;
}

/**
 * What the hyperparameters of `ARIMA_GARCH` ask for.
 *
 * @throws FitError `invalid_hyperparameters` for those that it does not have
 */
export function arimaGarchVariant(hyperparameters: Hyperparameters): ArmaGarchVariant {
  requireHyperparameters(
    NAME,
    { distribution: 'empirical', ...hyperparameters },
    {
      variance: ['garch', 'gjr', 'egarch', 'realized', 'realized_har'],
      innovations: ['normal', 't'],
      distribution: ['empirical', 't'],
    },
  );
  if (hyperparameters.distribution === 't' && hyperparameters.innovations !== 't') {
    throw new FitError(
      'invalid_hyperparameters',
      `${NAME} forecasts with the t distribution only when innovations are t, not ${hyperparameters.innovations}`,
      { forecaster: NAME, name: 'distribution' },
    );
  }
  return {
    variance: hyperparameters.variance as ArmaGarchVariant['variance'],
    innovations: hyperparameters.innovations as Innovations,
  };
}
