/** What a forecast says of the return's sign; `neutral` where neither sign is likely enough. */
export type Direction = 'bullish' | 'bearish' | 'neutral';

/** The probability of a positive return from which on a direction is stated: at least `bullish`, or at most `bearish`. */
export interface DirectionThresholds {
  /** 0.5 or more, below 1. */
  readonly bullish: number;
  /** 0.5 or less, above 0, below `bullish`. */
  readonly bearish: number;
}

/** Where no setting says otherwise; the database's setting `direction_thresholds` begins with the same. */
export const DEFAULT_DIRECTION_THRESHOLDS: DirectionThresholds = { bullish: 0.55, bearish: 0.45 };

/** @param probabilityUp probability that the return is above 0 */
export function directionOf(probabilityUp: number, { bullish, bearish }: DirectionThresholds): Direction {
  if (probabilityUp >= bullish) return 'bullish';
  return probabilityUp <= bearish ? 'bearish' : 'neutral';
}
