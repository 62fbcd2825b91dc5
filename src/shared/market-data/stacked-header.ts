/** A header of several rows as one. */
export interface StackedHeader {
  readonly names: readonly string[];
  /** By column, as in the row of tickers; empty for the date. */
  readonly symbols: readonly string[];
  /** Rows that it takes. */
  readonly rows: number;
}

/**
 * The header that yfinance writes since its columns have two levels: rows that begin with `Price`, `Ticker` and `Date`, the first two in
 * either order. Undefined where there is none.
 *
 * @param rows the first three of a file
 */
export function stackedHeader(rows: readonly (readonly string[])[]): StackedHeader | undefined {
  const [first, second, third] = rows.map((row) => row[0]?.trim().toLowerCase());
  const at = ['price,ticker', 'ticker,price'].indexOf(`${first},${second}`);
  if (at < 0 || (third !== 'date' && third !== 'datetime')) return undefined;
  const names = rows[at];
  const symbols = rows[1 - at];
  return {
    names: ['date', ...names.slice(1)],
    symbols: ['', ...symbols.slice(1)].map((symbol) => symbol.trim()),
    rows: 3,
  };
}
