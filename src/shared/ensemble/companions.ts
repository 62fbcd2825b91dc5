import { type Series, sliceSeries } from '../series/series.ts';

/**
 * What a fit may see of further symbols: of each the last `bars` bars that are not after the cutoff. One without any is left
 * out.
 *
 * @param cutoff time of the last bar of the fit's own series
 */
export function companionsUpTo(companions: readonly Series[], cutoff: string, bars: number): Series[] {
  return companions.flatMap((companion) => {
    const later = companion.times.findIndex((time) => time > cutoff);
    const end = later === -1 ? companion.times.length : later;
    return end === 0 ? [] : [sliceSeries(companion, Math.max(0, end - bars), end)];
  });
}
