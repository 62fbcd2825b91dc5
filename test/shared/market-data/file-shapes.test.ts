import { describe, expect, it } from 'vitest';
import { EVERY_DAY, WEEKDAYS } from '../../../src/shared/calendars/built-in-calendars.ts';
import type { InvalidInputError } from '../../../src/shared/errors/invalid-input-error.ts';
import type { FileReadingOptions } from '../../../src/shared/market-data/file-reading.ts';
import { parseCsvBars } from '../../../src/shared/market-data/parse-csv-bars.ts';

const NOW = '2024-12-01T12:00:00.000Z';
const BARS = [
  { time: '2024-05-13', open: 10, high: 12, low: 9, close: 11, volume: 5_771_000 },
  { time: '2024-05-14', open: 11, high: 11.5, low: 10, close: 10.5, volume: 3_020_000 },
];
const read = (lines: readonly string[], options: Partial<FileReadingOptions> = {}) =>
  parseCsvBars(lines.join('\n'), { timeframe: '1D', now: NOW, ...options });

function refusal(lines: readonly string[], options: Partial<FileReadingOptions> = {}): InvalidInputError {
  try {
    read(lines, options);
  } catch (error) {
    return error as InvalidInputError;
  }
  throw new Error('the file was taken');
}

describe('parseCsvBars recognises', () => {
  it.each([
    [
      'a Yahoo export',
      ['Price,Close,High,Low,Open,Volume', 'Ticker,X,X,X,X,X', 'Date,,,,,'],
      ['2024-05-13,11,12,9,10,5771000', '2024-05-14,10.5,11.5,10,11,3020000'],
    ],
    [
      'a Yahoo export',
      ['Ticker,X,X,X,X,X', 'Price,Open,High,Low,Close,Volume', 'Date,,,,,'],
      ['2024-05-13,10,12,9,11,5771000', '2024-05-14,11,11.5,10,10.5,3020000'],
    ],
    [
      'a Yahoo export',
      ['Date,Open,High,Low,Close,Volume,Dividends,Stock Splits'],
      [
        '2024-05-13 00:00:00+09:00,10,12,9,11,5771000,0.0,0.0',
        '2024-05-14 00:00:00+09:00,11,11.5,10,10.5,3020000,0.1,0.0',
      ],
    ],
    [
      'a Nasdaq export, newest first, dates month first',
      ['Date,Close/Last,Volume,Open,High,Low'],
      ['05/14/2024,$10.5,3020000,$11,$11.5,$10', '05/13/2024,$11,5771000,$10,$12,$9'],
    ],
    [
      'an Investing.com export, newest first, dates month first',
      ['\uFEFF"Date","Price","Open","High","Low","Vol.","Change %"'],
      [
        '"05/14/2024","10.5","11","11.5","10","3.02M","0.1%"',
        '"05/13/2024","11","10","12","9","5771K","0.1%"',
      ],
    ],
    [
      'an Investing.com export, newest first, dates day first',
      ['"Date","Price","Open","High","Low","Vol.","Change %"'],
      [
        '"14/05/2024","10.5","11","11.5","10","3.02M","0.1%"',
        '"13/05/2024","11","10","12","9","5.771M","0.1%"',
      ],
    ],
    [
      'an Investing.com export, newest first',
      ['"Date","Price","Open","High","Low","Vol.","Change %"'],
      [
        '"May 14, 2024","10.5","11","11.5","10","3.02M","0.1%"',
        '"May 13, 2024","11","10","12","9","5.771M","0.1%"',
      ],
    ],
    [
      'an Investing.com export, newest first, decimal commas',
      ['"Datum","Zuletzt","Eröffn.","Hoch","Tief","Vol.","+/- %"'],
      [
        '"14.05.2024","10,5","11,0","11,5","10,0","3,02M","0,1%"',
        '"13.05.2024","11,0","10,0","12,0","9,0","5,771M","0,1%"',
      ],
    ],
    [
      'an Investing.com export, newest first, dates day first, decimal commas',
      ['"Date","Dernier","Ouv."," Plus Haut","Plus Bas","Vol.","Variation %"'],
      [
        '"14/05/2024","10,5","11,0","11,5","10,0","3,02M","0,1%"',
        '"13/05/2024","11,0","10,0","12,0","9,0","5,771M","0,1%"',
      ],
    ],
    [
      'an Investing.com export, decimal commas',
      ['"Fecha","Último","Apertura","Máximo","Mínimo","Vol.","% var."'],
      [
        '"13.05.2024","11,000","10,000","12,000","9,000","5,77M","0,1%"',
        '"14.05.2024","10,500","11,000","11,500","10,000","3,02M","0,1%"',
      ],
    ],
    [
      'a Stooq export',
      ['<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>'],
      ['X.US,D,20240513,000000,10,12,9,11,5771000,0', 'X.US,D,20240514,000000,11,11.5,10,10.5,3020000,0'],
    ],
    [
      'a Stooq export',
      ['Data,Otwarcie,Najwyzszy,Najnizszy,Zamkniecie,Wolumen'],
      ['2024-05-13,10,12,9,11,5771000', '2024-05-14,11,11.5,10,10.5,3020000'],
    ],
    [
      'a MetaStock export',
      ['<Ticker>,<DTYYYYMMDD>,<Open>,<High>,<Low>,<Close>,<Vol>'],
      ['X,20240513,10,12,9,11,5771000', 'X,20240514,11,11.5,10,10.5,3020000'],
    ],
    [
      'a MetaTrader export',
      ['<DATE>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>'],
      [
        '2024.05.13\t10.00\t12.00\t9.00\t11.00\t7\t5771000\t1',
        '2024.05.14\t11.00\t11.50\t10.00\t10.50\t7\t3020000\t1',
      ],
    ],
    [
      'an Alpha Vantage export, newest first',
      ['timestamp,open,high,low,close,volume\r'],
      [
        '2024-05-14,11.0000,11.5000,10.0000,10.5000,3020000\r',
        '2024-05-13,10.0000,12.0000,9.0000,11.0000,5771000\r',
      ],
    ],
    [
      'a TradingView export',
      ['time,open,high,low,close,Volume,Plot,Plot'],
      ['1715607000,10,12,9,11,5771000,1,2', '1715693400,11,11.5,10,10.5,3020000,1,2'],
    ],
    [
      'a TradingView export',
      ['time,open,high,low,close,Volume'],
      ['2024-05-13T09:30:00-04:00,10,12,9,11,5771000', '2024-05-14T09:30:00-04:00,11,11.5,10,10.5,3020000'],
    ],
    [
      'a German table, decimal commas',
      ['Datum;Erster;Hoch;Tief;Schlusskurs;Stuecke;Volumen'],
      [
        '2024-05-13;10,00;12,00;9,00;11,00;5.771.000;63.000.000',
        '2024-05-14;11,00;11,50;10,00;10,50;3.020.000;32.000.000',
      ],
    ],
    [
      'plain CSV, decimal commas',
      ['sep=;', 'Date;Open;High;Low;Close;Volume;'],
      ['2024-05-13;10;12;9;11;5.771.000;', '2024-05-14;11;11,5;10;10,5;3.020.000;'],
    ],
    [
      'plain CSV',
      [',Open,High,Low,Close,Volume'],
      ['2024-05-13,10,12,9,11,5771000', '2024-05-14,11,11.5,10,10.5,3020000'],
    ],
    [
      'plain CSV, dates month first',
      ['Date,Time,Open,High,Low,Close,Volume'],
      ['5/13/2024,16:00,10,12,9,11,5771000', '5/14/2024,16:00,11,11.5,10,10.5,3020000'],
    ],
  ])('%s: %s', (readAs, header, rows) => {
    const { bars, reading } = read([...header, ...rows]);
    const rounded = rows.some((row) => row.includes('5,77M')) ? { volume: 5_770_000 } : {};
    expect(bars).toEqual([{ ...BARS[0], ...rounded }, BARS[1]]);
    expect(reading).toEqual({ readAs, adjustment: null, rounded: 0, leftOut: 0, notes: [] });
  });

  it('a file without volumes, and says so', () => {
    const { bars, reading } = read(['Date,Open,High,Low,Close', '2024-05-13,10,12,9,11']);
    expect(bars).toEqual([{ ...BARS[0], volume: null }]);
    expect(reading.readAs).toBe('plain CSV, no volume');
  });

  it.each(['', '-', 'null', 'NaN', 'N/A'])('a volume of "%s" as none', (volume) => {
    expect(
      read(['Date,Open,High,Low,Close,Volume', `2024-05-13,10,12,9,11,${volume}`]).bars[0].volume,
    ).toBeNull();
  });

  it('seconds since 1970 as dates of the calendar', () => {
    const times = (calendar: FileReadingOptions['calendar'], ...instants: string[]) =>
      read(
        [
          'time,open,high,low,close',
          ...instants.map((instant) => `${Date.parse(instant) / 1000},10,12,9,11`),
        ],
        { calendar },
      ).bars.map(({ time }) => time);
    // New York's Friday and Monday: by their opening, and by midnight in UTC.
    expect(times(undefined, '2024-05-10T13:30:00Z', '2024-05-13T13:30:00Z')).toEqual([
      '2024-05-10',
      '2024-05-13',
    ]);
    expect(times(undefined, '2024-05-10T00:00:00Z', '2024-05-13T00:00:00Z')).toEqual([
      '2024-05-10',
      '2024-05-13',
    ]);
    // Foreign exchange begins its Monday on Sunday at 17:00 in New York; a day of Bitcoin at midnight in UTC.
    expect(times(WEEKDAYS, '2024-05-09T21:00:00Z', '2024-05-12T21:00:00Z')).toEqual([
      '2024-05-10',
      '2024-05-13',
    ]);
    expect(times(EVERY_DAY, '2024-05-11T00:00:00Z', '2024-05-12T00:00:00Z')).toEqual([
      '2024-05-11',
      '2024-05-12',
    ]);
  });

  it('half sessions by instants with a zone, or by seconds', () => {
    const times = (...starts: string[]) =>
      read(['date,open,high,low,close', ...starts.map((start) => `${start},10,12,9,11`)], {
        timeframe: '4h',
      }).bars.map(({ time }) => time);
    const halves = ['2024-05-13T13:30:00Z', '2024-05-13T17:30:00Z'];
    expect(times('2024-05-13T09:30:00-04:00', '2024-05-13T13:30:00-04:00')).toEqual(halves);
    expect(times('2024-05-13 13:30:00+00:00', '2024-05-13 17:30:00+00:00')).toEqual(halves);
    expect(times('1715607000', '1715621400')).toEqual(halves);
    expect(() => times('2024-05-13 09:30:00', '2024-05-13 13:30:00')).toThrowError(
      expect.objectContaining({ code: 'invalid_date' }),
    );
  });
});

describe('adjusted closes', () => {
  const YAHOO = 'Date,Open,High,Low,Close,Adj Close,Volume';

  it('adjust open, high and low by the same factor, and the bars are adjusted for all', () => {
    const { bars, reading } = read([
      YAHOO,
      '2024-05-13,10,12,9,11,5.5,100',
      '2024-05-14,11,11.5,10,10.5,10.5,90',
    ]);
    expect(bars).toEqual([
      { time: '2024-05-13', open: 5, high: 6, low: 4.5, close: 5.5, volume: 100 },
      { ...BARS[1], volume: 90 },
    ]);
    expect(reading).toMatchObject({
      ...{
        adjustment: 'all',
        readAs: 'a Yahoo export, prices adjusted as Adj Close is to Close',
        rounded: 0,
      },
    });
  });

  it('never bring a close outside of its bar', () => {
    const rows = Array.from({ length: 300 }, (_, i) => {
      const date = new Date(Date.UTC(2023, 0, 1 + i)).toISOString().slice(0, 10);
      return `${date},${10 + i / 7},${10 + i / 7},${9 + i / 7},${10 + i / 7},${(10 + i / 7) * 0.7312},1`;
    });
    const { bars, reading } = read([YAHOO, ...rows]);
    expect(reading).toMatchObject({ rounded: 0, adjustment: 'all' });
    for (const { open, high, close } of bars) expect([open <= high, close <= high]).toEqual([true, true]);
  });

  it('that equal the closes say nothing of an adjustment, and that is told', () => {
    const { bars, reading } = read([YAHOO, '2024-05-13,10,12,9,11,11.000000,5771000']);
    expect(bars).toEqual([BARS[0]]);
    expect(reading).toMatchObject({ adjustment: null, readAs: 'a Yahoo export, Adj Close equals Close' });
  });

  it('that are all empty are none', () => {
    const { bars, reading } = read([YAHOO, '2024-05-13,10,12,9,11,,5771000']);
    expect(bars).toEqual([BARS[0]]);
    expect(reading.readAs).toBe('a Yahoo export');
  });

  it('are not used where the caller says what the prices are', () => {
    const lines = [YAHOO, '2024-05-13,10,12,9,11,null,5771000'];
    expect(read(lines, { adjustment: 'raw' }).bars).toEqual([BARS[0]]);
    expect(refusal(lines)).toMatchObject({
      code: 'invalid_price',
      message: 'Line 2 (2024-05-13): adjusted close is "null"; a price is a number above 0',
    });
  });

  it('come with the splits that volumes are adjusted for, where the source does not', () => {
    const { bars } = read([
      'timestamp,open,high,low,close,adjusted_close,volume,dividend_amount,split_coefficient',
      '2024-05-15,3,3,3,3,3,400,0.0,1.0',
      '2024-05-14,3,3,3,3,3,400,0.0,4.0',
      '2024-05-13,12,12,12,12,3,100,0.0,1.0',
    ]);
    expect(bars.map(({ close, volume }) => [close, volume])).toEqual([
      [3, 400],
      [3, 400],
      [3, 400],
    ]);
    const tiingo = read([
      'date,close,high,low,open,volume,adjClose,adjHigh,adjLow,adjOpen,adjVolume,divCash,splitFactor',
      '2024-05-13,12,12,12,12,100,3,3,3,3,400,0.0,1.0',
      '2024-05-14,3,3,3,3,400,3,3,3,3,400,0.0,4.0',
    ]);
    expect(tiingo.bars.map(({ close, volume }) => [close, volume])).toEqual([
      [3, 400],
      [3, 400],
    ]);
    expect(tiingo.reading.readAs).toBe('a Tiingo export, prices adjusted as adjClose is to close');
  });
});

describe('parseCsvBars refuses what is ambiguous', () => {
  it('two columns of one name', () => {
    const error = refusal(['Date,Open,High,Low,Close,Close,Volume', '2024-05-13,10,12,9,11,10,5']);
    expect(error.code).toBe('ambiguous_column');
    expect(error.message).toContain('names one column twice: "Close" (column 5) and "Close" (column 6)');
    const nasdaq = ['Date,Close/Last,Volume,Open,High,Low,Close', '03/14/2024,$11,5,$10,$12,$9,$11'];
    expect(refusal(nasdaq).code).toBe('ambiguous_column');
    expect(
      refusal(['Date,Open,High,Low,Close*,Adj Close**,AdjClose', '2024-05-13,10,12,9,11,10,9']).code,
    ).toBe('ambiguous_column');
  });

  it('03/04/2024 where no date decides, with both readings; a date decides', () => {
    const lines = ['Date,Open,High,Low,Close,Volume', '03/04/2024,10,12,9,11,5', '04/04/2024,10,12,9,11,5'];
    const error = refusal(lines);
    expect(error.code).toBe('ambiguous_date');
    expect(error.message).toContain('2024-03-04 (month first) or 2024-04-03 (day first)');
    expect(read([...lines, '15/04/2024,10,12,9,11,5']).bars.map(({ time }) => time)).toEqual([
      ...['2024-04-03', '2024-04-04', '2024-04-15'],
    ]);
    expect(read([lines[0], lines[2]]).bars[0].time).toBe('2024-04-04');
    // A site with one edition writes dates in one way.
    const nasdaq = ['Date,Close/Last,Volume,Open,High,Low', '03/04/2024,$11,5,$10,$12,$9'];
    expect(read(nasdaq).bars[0].time).toBe('2024-03-04');
  });

  it('a comma before three digits in every number', () => {
    const lines = ['Date;Open;High;Low;Close;Volume', '2024-05-13;10,000;12,000;9,000;11,000;500'];
    const error = refusal(lines);
    expect(error.code).toBe('ambiguous_number');
    expect(error.message).toContain('"10,000" can be 10.000 or 10000');
    expect(read([...lines, '2024-05-14;10,5;12,000;9,000;11,000;500']).bars[0].open).toBe(10);
    expect(read([...lines, '2024-05-14;10,500.5;12,000;9,000;11,000;500']).bars[0].open).toBe(10_000);
  });

  it('numbers of a spreadsheet for dates', () => {
    const error = refusal(['Date,Open,High,Low,Close,Volume', '45425,10,12,9,11,5', '45426,10,12,9,11,5']);
    expect(error).toMatchObject({ code: 'spreadsheet_dates', message: expect.stringContaining('45425') });
  });

  it.each([
    [
      'several symbols',
      'symbol,date,open,high,low,close',
      ['AAPL,2024-05-13,10,12,9,11', 'MSFT,2024-05-14,10,12,9,11'],
      'several_symbols',
      'AAPL, MSFT',
    ],
    [
      'several symbols of a stacked header',
      'Price,Close,High,Low,Open\nTicker,A,A,B,B\nDate,,,,',
      ['2024-05-13,11,12,9,10'],
      'several_symbols',
      'A, B',
    ],
    [
      'several periods',
      '<TICKER>,<PER>,<DATE>,<OPEN>,<HIGH>,<LOW>,<CLOSE>',
      ['X,D,20240513,10,12,9,11', 'X,W,20240514,10,12,9,11'],
      'several_periods',
      'D, W',
    ],
    [
      'another period',
      '<TICKER>,<PER>,<DATE>,<OPEN>,<HIGH>,<LOW>,<CLOSE>',
      ['X,W,20240513,10,12,9,11'],
      'wrong_period',
      'period W',
    ],
    [
      'bars of parts of a day',
      'date,open,high,low,close',
      ['2024-05-13 09:30,10,12,9,11', '2024-05-13 10:30,10,12,9,11', '2024-05-14 09:30,10,12,9,11'],
      'intraday_bars',
      '2 of 2024-05-13',
    ],
    ['JSON', '{"Information": "The rate limit is 25 requests a day"}', [], 'not_csv', 'JSON'],
    ['HTML', '<html>,<body>', ['<p>No data</p>'], 'not_csv', 'HTML'],
    ['a workbook', 'PK\u0003\u0004\u0014', [], 'not_csv', 'save the sheet as CSV'],
    ['another encoding', '\uFFFD\uFFFDD\u0000a\u0000t\u0000e\u0000', [], 'not_csv', 'UTF-8'],
    ['another encoding without a mark', 'D\u0000a\u0000t\u0000e\u0000', [], 'not_csv', 'UTF-8'],
    [
      'years of two digits',
      'date,open,high,low,close',
      ['24-Sep-21,10,12,9,11'],
      'invalid_date',
      '24-Sep-21',
    ],
    [
      'a fault below comments, by its line',
      '# exported by a program, on Monday\n#\n\ndate,open,high,low,close',
      ['2024-05-13,0,12,9,11'],
      'invalid_price',
      'Line 5 (2024-05-13)',
    ],
    [
      'quotes that do not end',
      'date,open,high,low,close',
      ['"2024-05-13,10,12,9,11'],
      'malformed_csv',
      'Line 2',
    ],
  ])('%s', (_name, header, rows, code, says) => {
    const error = refusal([header, ...rows]);
    expect(error.code).toBe(code);
    expect(error.message).toContain(says);
  });

  it('a date written otherwise than the others, by its line', () => {
    const rows = ['2024-05-13,10,12,9,11', '14.05.2024,10,12,9,11', '2024-05-15,10,12,9,11'];
    expect(refusal(['date,open,high,low,close', ...rows])).toMatchObject({
      code: 'invalid_date',
      message: 'Line 3: "14.05.2024" is no date; a date of this file is YYYY-MM-DD',
    });
  });
});

describe('a symbol in the file', () => {
  const lines = (symbol: string) => ['symbol,date,open,high,low,close', `${symbol},2024-05-13,10,12,9,11`];

  it('that is another one than the file is taken for gets a note', () => {
    const { notes } = read(lines('MSFT'), { symbol: 'AAPL' }).reading;
    expect(notes).toEqual(['The file says that its bars are of MSFT; they are taken for AAPL']);
  });

  it.each([
    ['AAPL.US', 'AAPL'],
    ['^GSPC', 'GSPC'],
    ['EURUSD=X', 'EURUSD'],
    ['BRK.B', 'BRK-B'],
    ['aapl', 'AAPL'],
  ])('%s is %s', (named, symbol) => expect(read(lines(named), { symbol }).reading.notes).toEqual([]));
});

describe('rows outside of the dates that are wanted', () => {
  const HEADER = 'date,open,high,low,close,volume';
  const OLD = ['2024-05-09,0,1,1,1,1', '2024-05-10,null,null'];
  const GOOD = ['2024-05-13,10,12,9,11,5771000', '2024-05-14,11,11.5,10,10.5,3020000'];

  it('are counted and not looked at', () => {
    expect(read([HEADER, ...OLD, ...GOOD], { from: '2024-05-11' })).toMatchObject({
      bars: BARS,
      reading: { leftOut: 2 },
    });
    const { bars, reading } = read([HEADER, ...GOOD, '2024-05-15,0,0,0,0,0'], {
      from: '2024-05-14',
      to: '2024-05-14',
    });
    expect(bars).toEqual([BARS[1]]);
    expect(reading.leftOut).toBe(2);
  });

  it('are named when none is left', () => {
    expect(refusal([HEADER, ...GOOD], { from: '2024-06-01' })).toMatchObject({
      code: 'no_bars',
      message: 'The file has no bars from 2024-06-01: its dates go from 2024-05-13 to 2024-05-14',
    });
  });
});

describe('the faults of a file', () => {
  const HEADER = 'date,open,high,low,close,volume';
  const row = (i: number, open: string) =>
    `${new Date(Date.UTC(2023, 0, 1 + i)).toISOString().slice(0, 10)},${open},12,9,11,5`;

  it('are told together, by line, date and value', () => {
    const error = refusal([
      HEADER,
      row(0, '0'),
      row(1, '10'),
      row(2, '13'),
      `${row(3, '10')},7`,
      row(3, '10'),
    ]);
    expect(error.code).toBe('invalid_price');
    expect(error.message).toBe(
      'The file has 4 faults (a price is a number above 0; open and close lie between low and high (0.000001 of the price is taken as ' +
        'rounding); the header has 6; a file has one bar of a time): Line 2 (2023-01-01): open is "0". ' +
        'Line 4 (2023-01-03): open 13 is above high 12. Line 5 (2023-01-04): it has 7 fields. ' +
        'Line 6 (2023-01-04): 2023-01-04 is there twice, on line 5 too',
    );
  });

  it('are the first 20 and their number, after what they contradict', () => {
    const error = refusal([HEADER, ...Array.from({ length: 40 }, (_, i) => row(i, 'null'))]);
    expect(error.message).toMatch(
      /^The file has 40 faults \(a price is a number above 0\), the first 20: Line 2 .*Line 21 \(2023-01-20\): open is "null"$/,
    );
    expect(error.details).toMatchObject({ line: 2, faults: 40, first_faults: { length: 20 } });
  });

  it('are one for a row without prices', () => {
    expect(refusal([HEADER, '2024-05-13,null,null,null,null,null']).message).toBe(
      'Line 2 (2024-05-13): no prices: open, high, low and close are "null"; a price is a number above 0',
    );
  });
});

describe('a price outside of its bar by rounding', () => {
  it('is moved and counted', () => {
    const { bars, reading } = read([
      'date,open,high,low,close,volume',
      '2024-05-13,10,12,9,12.000000000000002,1',
      '2024-05-14,10,12,9,11,1',
    ]);
    expect(bars[0].close).toBe(12);
    expect(reading.rounded).toBe(1);
  });
});
