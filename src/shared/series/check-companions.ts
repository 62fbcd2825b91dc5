import { FitError } from '../errors/fit-error.ts';
import { type BarRules, checkBars } from './check-bars.ts';
import type { DataNote } from './data-finding.ts';
import type { BarColumns, Series } from './series.ts';

/**
 * The gate for the series that members see beside the one that is forecast: one that is refused is left out, with a note that says
 * why.
 */
export function checkCompanions(
  companions: readonly { readonly bars: BarColumns; readonly rules: BarRules }[],
): { readonly series: readonly Series[]; readonly notes: readonly DataNote[] } {
  const series: Series[] = [];
  const notes: DataNote[] = [];
  for (const { bars, rules } of companions) {
    try {
      series.push(checkBars(bars, rules).series);
    } catch (error) {
      if (!(error instanceof FitError)) throw error;
      notes.push({
        severity: 'note',
        code: 'companion_left_out',
        message: `The companion ${bars.symbol} is left out: ${error.message}`,
        details: { symbol: bars.symbol, error_code: error.code },
      });
    }
  }
  return { series, notes };
}
