import type { MemberRegistry } from '../../../src/shared/ensemble/member-registry.ts';
import { FitError } from '../../../src/shared/errors/fit-error.ts';
import type { Forecaster, Hyperparameters } from '../../../src/shared/models/forecaster.ts';
import type { Series } from '../../../src/shared/series/series.ts';
import { standInRegistry } from './stand-in-members.ts';

/** Where a member fails. `fit`: as a fit begins; `step`: in its second unit; `predict`: in a forecast. */
export type Failure = 'fit' | 'step' | 'predict';

/** What decides whether it fails there; by default always. */
export type When = (hyperparameters: Hyperparameters, series: Series) => boolean;

/** The stand-ins, of which one fails. */
export function registryWhere(
  name: 'LSTM' | 'ARIMA_GARCH',
  failure: Failure,
  when: When = () => true,
  error: () => Error = () => new FitError('not_converged', 'it cannot be done.'),
): MemberRegistry {
  const member = standInRegistry[name]!;
  return {
    ...standInRegistry,
    [name]: { ...member, forecaster: failing(member.forecaster, failure, when, error) },
  };
}

function failing(forecaster: Forecaster, failure: Failure, when: When, error: () => Error): Forecaster {
  const fail = (hyperparameters: Hyperparameters, series: Series, here: Failure) => {
    if (failure === here && when(hyperparameters, series)) throw error();
  };
  const restore: Forecaster['restore'] = (artifact) => {
    const fitted = forecaster.restore(artifact);
    const { hyperparameters } = artifact as unknown as { hyperparameters: Hyperparameters };
    return {
      ...fitted,
      predict(history, steps) {
        fail(hyperparameters, history, 'predict');
        return fitted.predict(history, steps);
      },
      predictRange(series, from, to) {
        fail(hyperparameters, series, 'predict');
        return fitted.predictRange(series, from, to);
      },
    };
  };
  return {
    ...forecaster,
    fit(series, hyperparameters, options) {
      fail(hyperparameters, series, 'fit');
      const fit = forecaster.fit(series, hyperparameters, options);
      return {
        step(budget) {
          const done = fit.step(budget);
          if (fit.progress() > 0.5) fail(hyperparameters, series, 'step');
          return done;
        },
        checkpoint: () => fit.checkpoint(),
        progress: () => fit.progress(),
        result: () => restore(fit.result().toJSON()),
      };
    },
    restore,
  };
}
