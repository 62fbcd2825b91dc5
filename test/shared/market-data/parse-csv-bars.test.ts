import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../../src/shared/errors/invalid-input-error.ts';
import { MAXIMUM_BARS_PER_FILE, parseCsvBars } from '../../../src/shared/market-data/parse-csv-bars.ts';

const NOW = '2024-06-03T12:00:00.000Z';
const HEADER = 'date,open,high,low,close,volume';
const GOOD = ['2024-05-30,10,12,9,11,1000', '2024-05-31,11,11.5,10,10.5,900'];

function refusal(text: string, timeframe: '1D' | '4h' = '1D'): { code: string; message: string } {
  try {
    parseCsvBars(text, { timeframe, now: NOW });
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidInputError);
    return error as InvalidInputError;
  }
  throw new Error('the file was taken');
}

/** The good file with its second bar replaced. */
const withBar = (bar: string) => [HEADER, GOOD[0], bar].join('\n');

describe('parseCsvBars takes', () => {
  it('bars in order, with their numbers as written', () => {
    expect(parseCsvBars([HEADER, ...GOOD].join('\n'), { timeframe: '1D', now: NOW }).bars).toEqual([
      { time: '2024-05-30', open: 10, high: 12, low: 9, close: 11, volume: 1000 },
      { time: '2024-05-31', open: 11, high: 11.5, low: 10, close: 10.5, volume: 900 },
    ]);
  });

  it('columns in any order and case, more columns, quotes, a byte order mark and CRLF', () => {
    const text = '\uFEFFVolume,Close,"Low",High,Open,RSI,DATE\r\n"5",11,9,12,10,11,2024-05-30\r\n';
    expect(parseCsvBars(text, { timeframe: '1D', now: NOW }).bars).toEqual([
      { time: '2024-05-30', open: 10, high: 12, low: 9, close: 11, volume: 5 },
    ]);
  });

  it('an empty volume as unknown, and numbers with an exponent', () => {
    const [, bar] = parseCsvBars(withBar('2024-05-31,1.1e1,115e-1,10,10.5,'), {
      timeframe: '1D',
      now: NOW,
    }).bars;
    expect(bar).toEqual({ time: '2024-05-31', open: 11, high: 11.5, low: 10, close: 10.5, volume: null });
  });

  it('closes alone where they are all that counts, as of the VIX, which Cboe writes month first', () => {
    const text =
      'DATE,OPEN,HIGH,LOW,CLOSE\n05/30/2024,14.28,14.78,14.20,14.47\n05/31/2024,14.51,9.00,14.80,12.92\n';
    const options = { timeframe: '1D', now: NOW } as const;
    expect(() => parseCsvBars(text, options)).toThrowError(
      expect.objectContaining({ code: 'inconsistent_bar' }),
    );
    const { bars, reading } = parseCsvBars(text, { ...options, closesOnly: true });
    expect(bars).toEqual([
      { time: '2024-05-30', open: 14.47, high: 14.47, low: 14.47, close: 14.47, volume: null },
      { time: '2024-05-31', open: 12.92, high: 12.92, low: 12.92, close: 12.92, volume: null },
    ]);
    expect(reading.readAs).toBe('plain CSV, dates month first, no volume, closes only');
  });

  it('half sessions by the instant of their start', () => {
    const text = `${HEADER}\n2024-05-31T13:30:00Z,10,12,9,11,1\n2024-05-31T17:30:00Z,11,12,9,11,1`;
    expect(parseCsvBars(text, { timeframe: '4h', now: NOW }).bars.map((bar) => bar.time)).toEqual([
      '2024-05-31T13:30:00Z',
      '2024-05-31T17:30:00Z',
    ]);
  });

  it('a half session once it is over', () => {
    const text = `${HEADER}\n2024-06-03T13:30:00Z,10,12,9,11,1`;
    expect(parseCsvBars(text, { timeframe: '4h', now: '2024-06-03T17:30:00.000Z' }).bars).toHaveLength(1);
    expect(() => parseCsvBars(text, { timeframe: '4h', now: '2024-06-03T17:29:59.999Z' }).bars).toThrowError(
      expect.objectContaining({ code: 'future_date', message: expect.stringContaining('lasts until') }),
    );
    // A half day's only one lasts until 13:00.
    const halfDay = `${HEADER}\n2024-07-03T13:30:00Z,10,12,9,11,1`;
    expect(parseCsvBars(halfDay, { timeframe: '4h', now: '2024-07-03T17:00:00.000Z' }).bars).toHaveLength(1);
  });

  it('a bar of today once its session is over', () => {
    const text = withBar('2024-06-03,11,11.5,10,10.5,1');
    expect(parseCsvBars(text, { timeframe: '1D', now: '2024-06-03T20:00:00.000Z' }).bars).toHaveLength(2);
    expect(() => parseCsvBars(text, { timeframe: '1D', now: '2024-06-03T19:59:59.999Z' }).bars).toThrowError(
      expect.objectContaining({ code: 'future_date', message: expect.stringContaining('open until') }),
    );
  });

  it('days without a session in New York, for other markets', () => {
    expect(
      parseCsvBars(withBar('2024-06-01,11,11.5,10,10.5,1'), { timeframe: '1D', now: NOW }).bars,
    ).toHaveLength(2);
  });

  it('blank lines as nothing', () => {
    expect(
      parseCsvBars([HEADER, '', GOOD[0], '', GOOD[1]].join('\n'), { timeframe: '1D', now: NOW }).bars,
    ).toHaveLength(2);
  });

  it('the 5,105 bars of the S&P 500 that npm brings along', () => {
    const path = resolve(import.meta.dirname, '../../../node_modules/vega-datasets/data/sp500-2000.csv');
    const bars = parseCsvBars(readFileSync(path, 'utf8'), { timeframe: '1D', now: NOW }).bars;
    expect(bars).toHaveLength(5105);
    expect([bars[0].time, bars[5104].time, bars[5104].close]).toEqual([
      '2000-01-03',
      '2020-04-17',
      2874.560059,
    ]);
  });
});

describe('parseCsvBars refuses', () => {
  it.each([
    ['an empty file', '', 'empty_file', 'empty'],
    ['a file of blanks', ' \n\n', 'empty_file', 'empty'],
    ['a file of commas', ',,\n,""', 'empty_file', 'empty'],
    ['HTML', '<!doctype html><html></html>', 'not_csv', '"<"'],
    ['a missing column', 'date,open,high,low,volume\n2024-05-31,1,1,1,1', 'missing_column', 'lacks close'],
    ['a file without a header', GOOD.join('\n'), 'missing_column', 'lacks date, open'],
    ['a header alone', HEADER, 'no_bars', 'no bars'],
    ['a line with too few fields', withBar('2024-05-31,11,11.5'), 'malformed_csv', 'Line 3'],
    ['a line with too many fields', withBar('2024-05-31,11,11.5,10,10.5,1,7'), 'malformed_csv', 'Line 3'],
    ['text for a price', withBar('2024-05-31,11,eleven,10,10.5,1'), 'invalid_price', 'high is "eleven"'],
    ['an empty price', withBar('2024-05-31,11,11.5,10,,1'), 'invalid_price', 'close is ""'],
    ['a zero price', withBar('2024-05-31,11,11.5,0,10.5,1'), 'invalid_price', 'low is "0"'],
    ['a negative price', withBar('2024-05-31,-11,11.5,10,10.5,1'), 'invalid_price', 'open is "-11"'],
    ['an infinite price', withBar('2024-05-31,11,1e999,10,10.5,1'), 'invalid_price', 'high is "1e999"'],
    ['a hexadecimal price', withBar('2024-05-31,0x0b,11.5,10,10.5,1'), 'invalid_price', '0x0b'],
    [
      'a high below the low',
      withBar('2024-05-31,11,9,10,10.5,1'),
      'inconsistent_bar',
      'high 9 is below low 10',
    ],
    ['a close above the high', withBar('2024-05-31,11,11.5,10,12,1'), 'inconsistent_bar', 'close 12'],
    ['an open below the low', withBar('2024-05-31,9,11.5,10,11,1'), 'inconsistent_bar', 'open 9'],
    ['a negative volume', withBar('2024-05-31,11,11.5,10,10.5,-1'), 'invalid_volume', '"-1"'],
    ['a duplicate date', withBar(GOOD[0]), 'duplicate_date', '2024-05-30 is there twice'],
    [
      'a disordered date',
      [HEADER, '2024-05-28,10,12,9,11,1', ...GOOD, '2024-05-29,11,11.5,10,10.5,1'].join('\n'),
      'disordered_date',
      'Line 5 (2024-05-29): 2024-05-29 comes after 2024-05-31',
    ],
    ['a date in the future', withBar('2024-06-04,11,11.5,10,10.5,1'), 'future_date', '2024-06-04'],
    ['a date that is none', withBar('31.05.2024,11,11.5,10,10.5,1'), 'invalid_date', '31.05.2024'],
    ['a day no calendar has', withBar('2024-02-30,11,11.5,10,10.5,1'), 'invalid_date', '2024-02-30'],
  ])('%s', (_name, text, code, says) => {
    const error = refusal(text);
    expect(error.code).toBe(code);
    expect(error.message).toContain(says);
  });

  it('a day for a half session', () => {
    expect(refusal([HEADER, ...GOOD].join('\n'), '4h').code).toBe('invalid_date');
  });

  it.each([
    ['the afternoon of a half day', '2023-07-03T17:30:00Z', 'a half day, its only one starts at 13:30:00Z'],
    ['a clock bar', '2024-01-04T13:30:00Z', 'start at 14:30:00Z and 18:30:00Z'],
    ['a clock bar of noon', '2024-05-31T16:00:00Z', 'start at 13:30:00Z and 17:30:00Z'],
    ['a bar of a holiday', '2024-05-27T13:30:00Z', 'New York has no session on 2024-05-27'],
  ])('%s as a half session, with line and rule', (_name, time, says) => {
    const error = refusal(`${HEADER}\n2022-05-31T13:30:00Z,10,12,9,11,1\n${time},10,12,9,11,1`, '4h');
    expect(error.code).toBe('not_a_half_session');
    expect(error.message).toContain('Line 3');
    expect(error.message).toContain(says);
  });

  it('half sessions twice or out of order', () => {
    const bar = (time: string) => `2024-05-31T${time}:00Z,10,12,9,11,1`;
    expect(refusal([HEADER, bar('13:30'), bar('13:30')].join('\n'), '4h').code).toBe('duplicate_date');
    const mixed = [HEADER, '2024-05-30T13:30:00Z,10,12,9,11,1', bar('17:30'), bar('13:30')].join('\n');
    expect(refusal(mixed, '4h').code).toBe('disordered_date');
  });

  it('more bars than one upload may hold', () => {
    const lines = Array.from({ length: MAXIMUM_BARS_PER_FILE + 1 }, () => GOOD[0]);
    expect(refusal([HEADER, ...lines].join('\n')).code).toBe('too_many_bars');
  });

  it('a date before there were prices', () => {
    expect(refusal(`${HEADER}\n0001-01-02,1,1,1,1,1`)).toMatchObject({ code: 'invalid_date' });
  });

  it('names the line of the file, header and blank lines included', () => {
    expect(refusal([HEADER, ...GOOD, '2024-06-01,1,1,0,1,1'].join('\n')).message).toContain('Line 4');
    expect(refusal([HEADER, '', ...GOOD, '', '2024-06-01,1,1,0,1,1'].join('\n')).message).toContain('Line 6');
  });
});
