/** What a likelihood costs by its parameters; smaller is better. */
export interface InformationCriteria {
  /** Akaike (1974). */
  readonly aic: number;
  /** Akaike's corrected for small samples (Hurvich and Tsai 1989); Infinity where n is at most parameters + 1. */
  readonly aicc: number;
}

/**
 * @param parameters all that were estimated, the innovation variance included
 * @param n observations (differences, when the series was differenced), as R's `forecast` counts them
 */
export function informationCriteria(
  logLikelihood: number,
  parameters: number,
  n: number,
): InformationCriteria {
  const aic = -2 * logLikelihood + 2 * parameters;
  const room = n - parameters - 1;
  return {
    aic,
    aicc: room > 0 ? aic + (2 * parameters * (parameters + 1)) / room : Number.POSITIVE_INFINITY,
  };
}
