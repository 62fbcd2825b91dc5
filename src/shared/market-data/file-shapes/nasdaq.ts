import type { FileShape } from './file-shape.ts';

/** `Date,Close/Last,Volume,Open,High,Low` of nasdaq.com: prices with `$`, newest first. The site has one edition, which is American. */
export const nasdaq: FileShape = {
  name: 'a Nasdaq export',
  recognisedBy: [['close/last']],
  columns: { close: ['close/last'] },
  dayOrder: 'month_first',
};
