import type { FileShape } from './file-shape.ts';

/** `<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>` of stooq.com's database, dates as `20210924`. */
export const stooq: FileShape = {
  name: 'a Stooq export',
  recognisedBy: [['ticker', 'per', 'date']],
};
