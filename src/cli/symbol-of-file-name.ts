import { symbolSchema } from '../shared/contracts/names.ts';
import type { ReceivedTimeframe } from '../shared/series/series.ts';

/** The symbol that a file's name means, or why it means none. */
export type NamedSymbol =
  /** `certain`: the name is the symbol as it stands. */
  | { readonly symbol: string; readonly certain: boolean }
  | { readonly symbol?: undefined; readonly reason: string };

const EXTENSION = /\.(csv|txt|tsv)$/i;
/** How a file of half-session bars may be named, beside `SYMBOL.csv`. */
const HALF_SESSIONS = /_4hs$/i;
/** How sources name the files that they export; the group is the symbol. */
const EXPORT_NAMES: readonly RegExp[] = [
  // Stooq's aapl_us_d.csv, ^spx_d.csv and aapl.us.txt.
  /^([a-z0-9^-]+)(?:[._]us)?(?:_d)?$/,
  // Alpha Vantage's daily_IBM.csv and daily_adjusted_IBM.csv.
  /^daily_(?:adjusted_)?([A-Z0-9.-]+)$/,
  // TradingView's "NASDAQ_AAPL, 1D.csv".
  /^[A-Z]+_([A-Z0-9.]+), 1D(?:_[0-9a-f]+)?$/,
  // Investing.com's "AAPL Historical Data.csv".
  /^([A-Z0-9.]+) Historical Data$/,
];

/** Is this the file of a symbol's half sessions beside one of its sessions? */
export function isOfHalfSessions(name: string): boolean {
  return HALF_SESSIONS.test(name.replace(EXTENSION, ''));
}

/**
 * The symbol that a file's name means: `AAPL.csv`, in lower case (`aapl.csv`), with what Yahoo puts around it (`^GSPC.csv`,
 * `EURUSD=X.csv`), or as a known source names its exports (`aapl_us_d.csv`).
 */
export function symbolOfFileName(name: string, timeframe: ReceivedTimeframe): NamedSymbol {
  if (!EXTENSION.test(name)) return { reason: 'not named SYMBOL.csv' };
  const whole = name.replace(EXTENSION, '');
  if (isOfHalfSessions(name) && timeframe === '1D') return { reason: 'half sessions, read for 4h and 8h' };
  const stem = whole.replace(HALF_SESSIONS, '');
  const isSymbol = (text: string) => symbolSchema.safeParse(text).success;
  if (isSymbol(stem)) return { symbol: stem, certain: /\.csv$/i.test(name) };

  const exported = EXPORT_NAMES.map((pattern) => pattern.exec(stem)?.[1]).find((part) => part !== undefined);
  const inside = (exported ?? stem).replace(/^\^/, '').replace(/=X$/i, '');
  // Of mixed case is a word, or a symbol with something behind it.
  const symbol = inside === inside.toLowerCase() ? inside.toUpperCase() : inside;
  return isSymbol(symbol)
    ? { symbol, certain: false }
    : { reason: 'its name is no symbol: 1 to 16 of A-Z, 0-9, ".", "_" and "-"' };
}
