import type { BarRules } from '../series/check-bars.ts';
import { type CheckedCovariates, checkCovariates } from '../series/check-covariates.ts';
import type { CovariateName } from '../series/covariate.ts';
import type { BarColumns } from '../series/series.ts';
import type { ComputeMeter } from './compute-meter.ts';

/** What reading covariates takes. Every call may throw StoreError. */
export interface CovariateStore {
  /**
   * Daily bars of each symbol over a span of dates, and the last ones before it; none of a symbol that has none by
   * then.
   *
   * @param from `YYYY-MM-DD`
   */
  readCovariates(symbols: readonly string[], from: string, until: string): Promise<readonly BarColumns[]>;
  /** What the symbol's bars are held against. */
  barRules(symbol: string): Promise<BarRules>;
}

/**
 * The covariates of a configuration over the span of bars, as far as they are stored and pass the gate.
 *
 * @param names undefined: none
 */
export async function covariatesBeside(
  bars: BarColumns,
  names: readonly CovariateName[] | undefined,
  store: CovariateStore,
  meter: ComputeMeter,
): Promise<CheckedCovariates> {
  const wanted = (names ?? []).filter(({ symbol }) => symbol !== bars.symbol);
  if (wanted.length === 0) return { covariates: [], notes: [] };
  const symbols = [...new Set(wanted.map(({ symbol }) => symbol))];
  const { times } = bars;
  const [from, until] = [times[0], times[times.length - 1]].map((time) => time.slice(0, 10));
  const read = await store.readCovariates(symbols, from, until);
  const rules = await Promise.all(read.map(({ symbol }) => store.barRules(symbol)));
  return meter.count(() =>
    checkCovariates(
      wanted,
      read.map((one, i) => ({ bars: one, rules: rules[i] })),
    ),
  );
}
