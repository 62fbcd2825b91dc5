import { PlumblineError } from '../errors/plumbline-error.ts';
import type { Series } from '../series/series.ts';
import type { OnMemberFailure } from './dropped-member.ts';
import type { EnsembleForecast, FittedEnsemble } from './fitted-ensemble.ts';
import { failedMember } from './of-member.ts';

/**
 * An ensemble's forecast from the last bar of `history`; with `drop` without the members that cannot give one.
 *
 * @returns the forecast, and the ensemble that made it
 * @throws what a member's `predict` throws; with `drop` only FitError `no_member_left`
 */
export function predictOrDrop(
  ensemble: FittedEnsemble,
  history: Series,
  steps: number,
  onMemberFailure: OnMemberFailure,
): { readonly ensemble: FittedEnsemble; readonly forecast: EnsembleForecast } {
  let remaining = ensemble;
  for (;;) {
    try {
      return { ensemble: remaining, forecast: remaining.predict(history, steps) };
    } catch (error) {
      const member = failedMember(error);
      if (onMemberFailure === 'fail' || member === undefined || !(error instanceof PlumblineError))
        throw error;
      const since = history.times[history.times.length - 1];
      remaining = remaining.without({ member, code: error.code, message: error.message, since });
    }
  }
}
