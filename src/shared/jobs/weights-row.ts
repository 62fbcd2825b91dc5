import type { EnsembleWeights } from '../calibration/calibrated-weights.ts';
import type { EnsembleMember } from '../ensemble/fitted-ensemble.ts';
import type { Json } from '../json.ts';
import { asSentence } from '../wording/as-sentence.ts';

type Row = { readonly [column: string]: Json };

/**
 * The row of `ensemble_weights` that belongs to a forecast's row.
 *
 * @param members of the ensemble that made the forecast: one that could not forecast may have been dropped since the weights
 *   were decided
 */
export function weightsRow(
  { method, reason, samples, spanDays }: EnsembleWeights,
  members: readonly EnsembleMember[],
  forecast: Row,
): Row {
  return {
    symbol: forecast.symbol,
    horizon: forecast.horizon,
    ensemble: forecast.ensemble,
    config_hash: forecast.config_hash,
    data_cutoff: forecast.data_cutoff,
    method,
    weights: Object.fromEntries(members.map(({ name, weight }) => [name, weight])),
    samples,
    span_days: spanDays,
    reason_code: reason?.code ?? null,
    reason: reason && asSentence(reason.message),
  };
}
