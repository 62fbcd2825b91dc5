import { NEW_YORK } from '../../../src/shared/calendars/built-in-calendars.ts';
import { formatDate, parseDate } from '../../../src/shared/calendars/civil-date.ts';
import { isSession } from '../../../src/shared/calendars/sessions.ts';
import type { ConformalLevels } from '../../../src/shared/calibration/conformal-levels.ts';
import type { DroppedMember } from '../../../src/shared/ensemble/dropped-member.ts';
import { sumReturns } from '../../../src/shared/ensemble/expanding-mean.ts';
import { FittedEnsemble } from '../../../src/shared/ensemble/fitted-ensemble.ts';
import type { Json } from '../../../src/shared/json.ts';
import type { FittedForecaster, MemberName } from '../../../src/shared/models/forecaster.ts';
import type { Series } from '../../../src/shared/series/series.ts';
import type { Circumstances } from '../../../src/shared/synthesis/circumstances.ts';
import { DEFAULT_DIRECTION_THRESHOLDS } from '../../../src/shared/synthesis/direction.ts';
import { normalForecast } from '../ensemble/stand-in-members.ts';
import { simulatedSeries } from '../models/simulated-series.ts';

/** Simulated bars on 300 sessions of New York, the last 2021-03-10. */
export function sessionSeries(): Series {
  const days: string[] = [];
  for (let day = parseDate('2021-03-10'); days.length < 300; day--) {
    if (isSession(formatDate(day), NEW_YORK)) days.unshift(formatDate(day));
  }
  return { ...simulatedSeries(3, 300), times: days };
}

/** A member that always forecasts the same normal distribution. */
export interface Constant {
  readonly name: MemberName;
  readonly weight: number;
  readonly mean: number;
  readonly scale: number;
  readonly artifact?: Json;
}

/** An ensemble of such members. */
export function ensembleOf(
  members: readonly Constant[],
  {
    series = sessionSeries(),
    meanFactor = 1,
    dropped = [] as readonly DroppedMember[],
    levels = null as ConformalLevels | null,
  } = {},
): FittedEnsemble {
  return new FittedEnsemble(
    series.symbol,
    members.map(({ name, weight, mean, scale, artifact = {} }) => {
      const fitted: FittedForecaster = {
        name,
        predict: () => normalForecast(mean, scale),
        predictRange: (_, from, to) => Array.from({ length: to - from }, () => normalForecast(mean, scale)),
        toJSON: () => artifact,
      };
      return { name, weight, hyperparameters: { of: name }, fitted };
    }),
    meanFactor,
    sumReturns(series),
    levels,
    dropped,
  );
}

/** Nothing to remark: the clock is an hour after the last bar's close. */
export const calm: Circumstances = {
  thresholds: DEFAULT_DIRECTION_THRESHOLDS,
  latestWindow: { windowId: 1499, lastBarTime: '2021-03-01T00:00:00Z', verdict: 'ok', reasons: [] },
  outcomes: 30,
  now: '2021-03-10T22:00:00Z',
};
