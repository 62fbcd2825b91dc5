import type { Bar } from '../../../src/shared/series/series.ts';

/** How a site or program writes bars down. */
export interface ExportShape {
  /** As a test names it. */
  readonly name: string;
  readonly text: (bars: readonly Bar[]) => string;
  /** What the reading says of itself, at least. */
  readonly readAs: RegExp;
}

const date = (bar: Bar) => bar.time.slice(0, 10);
const american = (bar: Bar) => `${date(bar).slice(5, 7)}/${date(bar).slice(8)}/${date(bar).slice(0, 4)}`;
const european = (bar: Bar) => date(bar).split('-').reverse().join('.');
const quoted = (...cells: readonly (string | number)[]) => cells.map((cell) => `"${cell}"`).join(',');
const comma = (price: number) => String(price).replace('.', ',');
const grouped = (value: number, by: string) => String(value).replace(/\B(?=(\d{3})+(?!\d))/g, by);
const millions = (volume: number | null) => `${((volume ?? 0) / 1e6).toFixed(2)}M`;

/** The file that needs no recognition. */
export function plainCsv(bars: readonly Bar[]): string {
  const rows = bars.map((bar) =>
    [date(bar), bar.open, bar.high, bar.low, bar.close, bar.volume ?? ''].join(','),
  );
  return ['date,open,high,low,close,volume', ...rows].join('\n');
}

const lines = (header: string | readonly string[], rows: readonly string[]) =>
  [header, ...rows].flat().join('\n');

/** Shapes whose volumes are rounded, so that they come back as they were written. */
export const ROUNDED_VOLUMES: ReadonlySet<string> = new Set([
  'Investing.com',
  'Investing.com with decimal commas',
]);

/** All of one series, told by what writes it. */
export const EXPORT_SHAPES: readonly ExportShape[] = [
  { name: 'plain', text: plainCsv, readAs: /./ },
  {
    name: 'plain, newest first',
    text: (bars) => plainCsv(bars.toReversed()),
    readAs: /newest first/,
  },
  {
    name: 'Yahoo with three header rows',
    text: (bars) =>
      lines(
        ['Price,Close,High,Low,Open,Volume', 'Ticker,X,X,X,X,X', 'Date,,,,,'],
        bars.map((b) => [date(b), b.close, b.high, b.low, b.open, b.volume].join(',')),
      ),
    readAs: /yahoo|yfinance/i,
  },
  {
    name: 'Yahoo with time zones',
    text: (bars) =>
      lines(
        'Date,Open,High,Low,Close,Volume,Dividends,Stock Splits',
        bars.map((b) =>
          [`${date(b)} 00:00:00-05:00`, b.open, b.high, b.low, b.close, b.volume, '0.0', '0.0'].join(','),
        ),
      ),
    readAs: /yahoo|yfinance/i,
  },
  {
    name: 'Nasdaq',
    text: (bars) =>
      lines(
        'Date,Close/Last,Volume,Open,High,Low',
        bars
          .toReversed()
          .map((b) =>
            [american(b), `$${b.close}`, b.volume, `$${b.open}`, `$${b.high}`, `$${b.low}`].join(','),
          ),
      ),
    readAs: /nasdaq.*newest first/i,
  },
  {
    name: 'Nasdaq with thousands separators',
    text: (bars) =>
      lines(
        '"Date","Close/Last","Volume","Open","High","Low"',
        bars
          .toReversed()
          .map((b) =>
            quoted(
              american(b),
              `$${b.close}`,
              grouped(b.volume!, ','),
              `$${b.open}`,
              `$${b.high}`,
              `$${b.low}`,
            ),
          ),
      ),
    readAs: /nasdaq.*newest first/i,
  },
  {
    name: 'Investing.com',
    text: (bars) =>
      `\uFEFF${lines(
        '"Date","Price","Open","High","Low","Vol.","Change %"',
        bars
          .toReversed()
          .map((b) => quoted(american(b), b.close, b.open, b.high, b.low, millions(b.volume), '0.1%')),
      )}`,
    readAs: /investing\.com.*newest first/i,
  },
  {
    name: 'Stooq',
    text: (bars) =>
      lines(
        '<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>',
        bars.map((b) =>
          [
            'X.US,D',
            date(b).replaceAll('-', ''),
            '000000',
            b.open,
            b.high,
            b.low,
            b.close,
            b.volume,
            '0',
          ].join(','),
        ),
      ),
    readAs: /stooq/i,
  },
  {
    name: 'Alpha Vantage',
    text: (bars) =>
      lines(
        'timestamp,open,high,low,close,volume',
        bars.toReversed().map((b) => [date(b), b.open, b.high, b.low, b.close, b.volume].join(',')),
      ),
    readAs: /alpha vantage.*newest first/i,
  },
  {
    name: 'TradingView',
    text: (bars) =>
      lines(
        'time,open,high,low,close,Volume',
        bars.map((b) =>
          [Date.parse(`${date(b)}T14:30:00Z`) / 1000, b.open, b.high, b.low, b.close, b.volume].join(','),
        ),
      ),
    readAs: /tradingview/i,
  },
  {
    name: 'a spreadsheet with decimal commas',
    text: (bars) =>
      lines(
        'Date;Open;High;Low;Close;Volume',
        bars.map((b) =>
          [
            date(b),
            ...[b.open, b.high, b.low, b.close].map(comma),
            b.volume === null ? '' : grouped(b.volume, '.'),
          ].join(';'),
        ),
      ),
    readAs: /decimal comma/i,
  },
  {
    name: 'a spreadsheet with dates of days, months and years',
    text: (bars) =>
      lines(
        'Date;Open;High;Low;Close;Volume',
        bars.map((b) => [european(b), ...[b.open, b.high, b.low, b.close].map(comma), b.volume].join(';')),
      ),
    readAs: /decimal comma/i,
  },
];

/** What a file goes through that a reader should not notice. */
export const HARMLESS: Readonly<Record<string, (text: string) => string>> = {
  'a byte order mark': (text) => `\uFEFF${text.replace(/^\uFEFF/, '')}`,
  'carriage returns': (text) => text.replaceAll('\n', '\r\n'),
  'an empty last line': (text) => `${text}\n`,
  'quotes around every cell': (text) => {
    const delimiter = text.includes(';') ? ';' : ',';
    const quote = (line: string) =>
      line
        .split(delimiter)
        .map((cell) => (cell === '' ? '' : `"${cell}"`))
        .join(delimiter);
    return text
      .split('\n')
      .map((line) => (line.includes('"') ? line : quote(line)))
      .join('\n');
  },
};
