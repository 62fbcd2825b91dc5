import type { EnsembleForecast, FittedEnsemble } from '../ensemble/fitted-ensemble.ts';
import { eventOutlook } from '../models/scheduled-events/event-outlook.ts';
import type { Horizon } from '../series/horizon.ts';
import type { Series } from '../series/series.ts';
import { type Agreement, agreementOf } from './agreement.ts';
import type { Circumstances } from './circumstances.ts';
import { confidenceOf } from './confidence.ts';
import { type Direction, directionOf } from './direction.ts';
import type { Driver } from './drivers/driver.ts';
import { driversOf } from './drivers/drivers.ts';
import { horizonsPerYear } from './horizons-per-year.ts';
import { type MemberPart, memberParts } from './member-parts.ts';
import { probabilityAbove } from './probability-above.ts';
import { dataNotes } from './quality-notes/data-notes.ts';
import { eventNote } from './quality-notes/event-note.ts';
import { fallbackNotes } from './quality-notes/fallback-notes.ts';
import { fewOutcomesNote } from './quality-notes/few-outcomes-note.ts';
import { gapNote } from './quality-notes/gap-note.ts';
import type { QualityNote } from './quality-notes/quality-note.ts';
import { staleDataNote } from './quality-notes/stale-data-note.ts';
import { validationNote } from './quality-notes/validation-note.ts';
import { targetTime } from './target-time.ts';

/** A forecast in the words that people read. */
export interface Synthesis {
  readonly probabilityUp: number;
  readonly direction: Direction;
  /** See `confidenceOf`. */
  readonly confidence: number;
  readonly agreement: Agreement;
  readonly members: readonly MemberPart[];
  readonly drivers: readonly Driver[];
  readonly qualityNotes: readonly QualityNote[];
}

/**
 * What a predictive distribution says: every word follows from figures that the forecast, the bars or the database hold.
 *
 * @param ensemble the one that made the forecast
 * @param history the bars that were known
 */
export function synthesise(
  forecast: EnsembleForecast,
  ensemble: FittedEnsemble,
  history: Series,
  horizon: Horizon,
  circumstances: Circumstances,
): Synthesis {
  const { thresholds, latestWindow, outcomes, now, failedCandidates, weightsReverted } = circumstances;
  const bars = [staleDataNote(history, targetTime(history), now), gapNote(history)].filter(
    (note) => note !== null,
  );
  const probabilityUp = probabilityAbove(forecast.distribution, 0);
  const direction = directionOf(probabilityUp, thresholds);
  const event = eventOutlook(history);
  const members = memberParts(forecast, ensemble, thresholds);
  return {
    probabilityUp,
    direction,
    confidence: confidenceOf(probabilityUp),
    agreement: agreementOf(members, direction),
    members,
    drivers: driversOf({
      forecast,
      parts: members,
      meanFactor: ensemble.meanFactor,
      history,
      horizonsPerYear: horizonsPerYear(horizon, history.calendar),
      event,
    }),
    qualityNotes: [
      ...bars,
      eventNote(event),
      ...dataNotes(circumstances.dataNotes ?? [], bars),
      validationNote(latestWindow),
      ...fallbackNotes(ensemble, failedCandidates ?? [], weightsReverted ?? null),
      fewOutcomesNote(outcomes),
    ].filter((note) => note !== null),
  };
}
