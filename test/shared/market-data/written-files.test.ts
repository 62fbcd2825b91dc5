import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCsvBars } from '../../../src/shared/market-data/parse-csv-bars.ts';
import type { Bar } from '../../../src/shared/series/series.ts';

// One series, written in all ways that dates, numbers and rows are written, reads back equal.

type Write = (bar: Bar) => string;
type Cells = { readonly date: Write; readonly price: (price: number) => string; readonly volume: Write };

const part = (bar: Bar, from: number, to: number) => bar.time.slice(from, to);
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DATES: Readonly<Record<string, Write>> = {
  'YYYY-MM-DD': ({ time }) => time,
  'YYYY/MM/DD': ({ time }) => time.replaceAll('-', '/'),
  YYYYMMDD: ({ time }) => time.replaceAll('-', ''),
  'MM/DD/YYYY': (bar) => `${part(bar, 5, 7)}/${part(bar, 8, 10)}/${part(bar, 0, 4)}`,
  'M/D/YYYY': (bar) => `${Number(part(bar, 5, 7))}/${Number(part(bar, 8, 10))}/${part(bar, 0, 4)}`,
  'DD/MM/YYYY': (bar) => `${part(bar, 8, 10)}/${part(bar, 5, 7)}/${part(bar, 0, 4)}`,
  'DD-MM-YYYY': (bar) => `${part(bar, 8, 10)}-${part(bar, 5, 7)}-${part(bar, 0, 4)}`,
  'DD.MM.YYYY': (bar) => `${part(bar, 8, 10)}.${part(bar, 5, 7)}.${part(bar, 0, 4)}`,
  'Sep 24, 2021': (bar) => `${MONTHS[Number(part(bar, 5, 7)) - 1]} ${part(bar, 8, 10)}, ${part(bar, 0, 4)}`,
  '24-Sep-2021': (bar) => `${part(bar, 8, 10)}-${MONTHS[Number(part(bar, 5, 7)) - 1]}-${part(bar, 0, 4)}`,
  'midnight in UTC': ({ time }) => `${time}T00:00:00Z`,
  'midnight in Tokyo': ({ time }) => `${time} 00:00:00+09:00`,
  'the opening in New York': ({ time }) => `${time}T09:30:00-0400`,
  'a time of GOOGLEFINANCE': (bar) => `${part(bar, 5, 7)}/${part(bar, 8, 10)}/${part(bar, 0, 4)} 16:00:00`,
  'epoch seconds of the opening': ({ time }) => String(Date.parse(`${time}T14:30:00Z`) / 1000),
  'epoch seconds of midnight in UTC': ({ time }) => String(Date.parse(`${time}T00:00:00Z`) / 1000),
  'epoch milliseconds': ({ time }) => String(Date.parse(`${time}T14:30:00Z`)),
};

const grouped = (digits: string, by: string) => digits.replaceAll(/\B(?=(\d{3})+$)/g, by);
/** With two decimals at least, so that no price could be another number. */
const decimals = (price: number, point: string, by: string) => {
  const [whole, rest] = price.toFixed(2).split('.');
  return `${grouped(whole, by)}${point}${rest}`;
};
const NUMBERS: Readonly<Record<string, Pick<Cells, 'price' | 'volume'>>> = {
  plain: { price: String, volume: ({ volume }) => String(volume ?? '') },
  'of dollars': {
    price: (price) => `$${decimals(price, '.', ',')}`,
    volume: ({ volume }) => String(volume ?? 'N/A'),
  },
  'with commas': {
    price: (price) => decimals(price, '.', ','),
    volume: (bar) => grouped(String(bar.volume ?? ''), ','),
  },
  'with decimal commas': {
    price: (price) => decimals(price, ',', '.'),
    volume: (bar) => grouped(String(bar.volume ?? ''), '.'),
  },
  'with decimal commas and spaces': {
    price: (price) => decimals(price, ',', '\u202f'),
    volume: (bar) => grouped(String(bar.volume ?? '-'), '\u00a0'),
  },
  'of Switzerland': {
    price: (price) => decimals(price, '.', '’'),
    volume: (bar) => grouped(String(bar.volume ?? ''), "'"),
  },
};

/** Bars over three months at least, so that a day after the twelfth is among them. */
const bars: fc.Arbitrary<Bar[]> = fc
  .array(
    fc.record({
      base: fc.integer({ min: 100, max: 9_000_000 }),
      moves: fc.tuple(...[0, 1, 2, 3].map(() => fc.integer({ min: 0, max: 99 }))),
      volume: fc.option(fc.integer({ min: 0, max: 5_000_000_000 })),
    }),
    { minLength: 40, maxLength: 60 },
  )
  .map((drawn) =>
    drawn.map(({ base, moves: [a, b, c, d], volume }, i) => {
      const cents = [base, base + a, base + a + b, base + a + b + c + d].map((price) => price / 100);
      const time = new Date(Date.UTC(2021, 8, 1 + 2 * i)).toISOString().slice(0, 10);
      return { time, low: cents[0], open: cents[1], close: cents[2], high: cents[3], volume };
    }),
  );

const NOW = '2026-12-01T10:00:00.000Z';

describe('a series reads back equal', () => {
  const read = (text: string) => parseCsvBars(text, { timeframe: '1D', now: NOW });

  function written(
    series: readonly Bar[],
    { date, price, volume }: Cells,
    delimiter: string,
    eol: string,
  ): string {
    const cell = (text: string) => (text.includes(delimiter) || text.includes(' ') ? `"${text}"` : text);
    const rows = series.map((bar) => [
      date(bar),
      price(bar.open),
      price(bar.high),
      price(bar.low),
      price(bar.close),
      volume(bar),
    ]);
    return [['Date', 'Open', 'High', 'Low', 'Close', 'Volume'], ...rows]
      .map((cells) => cells.map(cell).join(delimiter))
      .join(eol);
  }

  for (const [dates, date] of Object.entries(DATES)) {
    it(`with dates as ${dates}`, () => {
      fc.assert(
        fc.property(
          bars,
          fc.constantFrom(...Object.values(NUMBERS)),
          fc.constantFrom(',', ';', '\t', '|'),
          fc.constantFrom('\n', '\r\n', '\r'),
          fc.constantFrom('', '\uFEFF', '\n\n'),
          fc.boolean(),
          (series, numbers, delimiter, eol, before, reversed) => {
            const rows = reversed ? series.toReversed() : series;
            const text = before + written(rows, { date, ...numbers }, delimiter, eol) + eol;
            const { bars: result, reading } = read(text);
            expect(result).toEqual(series);
            expect(reading.readAs.includes('newest first')).toBe(reversed);
            expect({ ...reading, readAs: '' }).toEqual({
              ...{ readAs: '', adjustment: null, rounded: 0, leftOut: 0, notes: [] },
            });
          },
        ),
        { numRuns: 6 },
      );
    });
  }
});
