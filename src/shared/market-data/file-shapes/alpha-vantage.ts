import type { FileShape } from './file-shape.ts';

/**
 * `timestamp,open,high,low,close,volume`, and the adjusted shape with `adjusted_close,volume,dividend_amount,split_coefficient`. All but
 * the adjusted close is as it was traded then, by Alpha Vantage's documentation: so volume is multiplied by the splits that came later.
 */
export const alphaVantage: FileShape = {
  name: 'an Alpha Vantage export',
  recognisedBy: [['timestamp', 'open', 'close']],
  columns: { splits: ['split_coefficient', 'split coefficient'] },
};
