import type { FileShape } from './file-shape.ts';

/**
 * `Date,Open,High,Low,Close,Adj Close,Volume` of Yahoo, and what yfinance writes: with `Dividends` and `Stock Splits`, or a header of three
 * rows (see `stacked-header.ts`). Volume stays as it is: Yahoo adjusts it for splits itself, like the prices.
 */
export const yahoo: FileShape = {
  name: 'a Yahoo export',
  recognisedBy: [['adj close'], ['dividends', 'stock splits'], ['price', 'ticker']],
};
