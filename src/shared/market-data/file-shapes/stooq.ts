import type { FileShape } from './file-shape.ts';

/**
 * `<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>` of stooq.com's database, dates as `20210924`; and the Polish
 * header of stooq.pl. What stooq.com exports for one symbol has the common names and is plain.
 */
export const stooq: FileShape = {
  name: 'a Stooq export',
  recognisedBy: [
    ['ticker', 'per', 'date'],
    ['data', 'otwarcie', 'zamkniecie'],
  ],
  columns: {
    date: ['date', 'data'],
    open: ['open', 'otwarcie'],
    high: ['high', 'najwyzszy'],
    low: ['low', 'najnizszy'],
    close: ['close', 'zamkniecie'],
    volume: ['vol', 'wolumen'],
  },
};
