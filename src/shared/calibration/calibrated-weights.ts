/** Scored forecasts whose outcomes do not overlap that weights must have been learned from, at least. */
const FEWEST_SAMPLES = 100;

/** Calendar days that those forecasts must span, at least. */
const SHORTEST_SPAN_DAYS = 30;

/** Why an ensemble goes with its preset weights though it was asked to learn them. */
export interface PresetReason {
  readonly code: 'too_few_samples' | 'too_short_span' | 'divergence' | 'overfitting' | 'implausible_skill';
  /** A sentence with the figures. */
  readonly message: string;
}

/** The weights that an ensemble forecasts with, and where they come from. */
export interface EnsembleWeights {
  /** `calibrated`: learned from realised scores; `preset`: those of the configuration. */
  readonly method: 'calibrated' | 'preset';
  /** In the order of the members; they sum to 1. */
  readonly weights: readonly number[];
  /** Scored forecasts that were there to learn from; of those over several steps as many as do not overlap. */
  readonly samples: number;
  /** Calendar days from the first to the last of them. */
  readonly spanDays: number;
  /** Null where weights are calibrated, or were never asked to be. */
  readonly reason: PresetReason | null;
}

/** Why these samples are too few, or span too little, to learn weights from; null when they are enough. */
export function calibrationRefusal(samples: number, spanDays: number): PresetReason | null {
  if (!(samples >= FEWEST_SAMPLES)) {
    return {
      code: 'too_few_samples',
      message: `Weights are learned from at least ${FEWEST_SAMPLES} scored forecasts; there are ${samples}`,
    };
  }
  if (!(spanDays >= SHORTEST_SPAN_DAYS)) {
    return {
      code: 'too_short_span',
      message: `Weights are learned from scores that span at least ${SHORTEST_SPAN_DAYS} days; they span ${spanDays}`,
    };
  }
  return null;
}

/**
 * The weights to forecast with where learned ones are wanted: the learned ones, unless there is a reason against them.
 *
 * @param preset the configuration's weights, which a refusal and a reversion go back to
 * @param reversion what speaks against the fit's weights, if anything does (overfitting, divergence); too few samples come first
 */
export function calibratedWeights(
  preset: readonly number[],
  learned: readonly number[],
  { samples, spanDays }: { readonly samples: number; readonly spanDays: number },
  reversion: PresetReason | null,
): EnsembleWeights {
  const reason = calibrationRefusal(samples, spanDays) ?? reversion;
  return {
    method: reason === null ? 'calibrated' : 'preset',
    weights: [...(reason === null ? learned : preset)],
    samples,
    spanDays,
    reason,
  };
}
