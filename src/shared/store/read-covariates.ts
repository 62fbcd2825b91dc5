import type { BarColumns } from '../series/series.ts';
import type { PlumblineClient } from './client.ts';
import { countBars } from './count-bars.ts';
import { readSeries } from './read-series.ts';

/**
 * Of each symbol the daily bars of a span, oldest first, in the order of the names, and what closed last before it. A
 * symbol without any bar by the span's end is left out.
 *
 * @param from first date of the span, `YYYY-MM-DD` @param until its last one
 * @throws StoreError
 */
export async function readCovariates(
  client: PlumblineClient,
  symbols: readonly string[],
  from: string,
  until: string,
): Promise<BarColumns[]> {
  if (symbols.length === 0) return [];
  const [begins, ends] = await Promise.all(
    [from, until].map((date) => countBars(client, symbols, '1D', date)),
  );
  const found = symbols
    // Without the bar of the first date, and the one before it.
    .map((symbol, i) => ({ symbol, begin: Math.max(0, begins[i] - 2), end: ends[i] }))
    .filter(({ end }) => end > 0);
  return await Promise.all(
    found.map(({ symbol, begin, end }) => readSeries(client, symbol, '1D', begin, end - begin)),
  );
}
