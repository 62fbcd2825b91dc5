import type { Json } from '../../json.ts';
import { decodeFloat64, encodeFloat64 } from '../float64-codec.ts';
import type { PredictiveDistribution } from './predictive-distribution.ts';

/** As JSON, to the bit. */
export function encodeDistribution({ mean, scale, quantiles }: PredictiveDistribution): Json {
  return encodeFloat64(Float64Array.of(mean, scale, ...quantiles));
}

/** The inverse of {@link encodeDistribution}. */
export function decodeDistribution(json: Json): PredictiveDistribution {
  const [mean, scale, ...quantiles] = decodeFloat64(json as string);
  return { mean, scale, quantiles: Float64Array.from(quantiles) };
}
