import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type BarFile,
  findBarFiles,
  leftOutLines,
  lookForBarFiles,
  readBarFile,
  sampleBarFile,
} from '../../src/cli/bar-files.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'plumbline-bars-'));
  for (const name of ['MSFT.csv', 'AAPL.csv', 'README.md', 'notes.csv'])
    writeFileSync(join(directory, name), '');
  mkdirSync(join(directory, 'intraday'));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('findBarFiles', () => {
  const symbols = (...args: Parameters<typeof findBarFiles>) =>
    findBarFiles(...args).map((file) => file.symbol);

  const parentOfDirectory = () => {
    mkdirSync(join(directory, 'intraday', 'AAPL.csv'));
    return join(directory, 'intraday');
  };

  it('finds every file that is named like a symbol, by name', () => {
    expect(symbols(directory)).toEqual(['AAPL', 'MSFT']);
  });

  it('takes only what is asked for, in that order', () => {
    expect(symbols(directory, ['MSFT'])).toEqual(['MSFT']);
  });

  it('takes one file', () => {
    expect(symbols(join(directory, 'MSFT.csv'))).toEqual(['MSFT']);
    expect(symbols(join(directory, 'MSFT.csv'), ['MSFT'])).toEqual(['MSFT']);
  });

  it('prefers SYMBOL_4hs.csv for half sessions, and does not see it for sessions', () => {
    for (const name of ['AAPL_4hs.csv', 'SPY_4hs.csv', 'TSLA_4h.csv'])
      writeFileSync(join(directory, name), '');
    const names = (files: readonly BarFile[]) =>
      files.map(({ symbol, path, timeframe }) => [symbol, basename(path), timeframe]);
    expect(names(findBarFiles(directory, undefined, '4h'))).toEqual([
      ['AAPL', 'AAPL_4hs.csv', '4h'],
      ['MSFT', 'MSFT.csv', '4h'],
      ['SPY', 'SPY_4hs.csv', '4h'],
    ]);
    expect(names(findBarFiles(directory, ['SPY', 'MSFT'], '4h'))).toEqual([
      ['SPY', 'SPY_4hs.csv', '4h'],
      ['MSFT', 'MSFT.csv', '4h'],
    ]);
    expect(names(findBarFiles(join(directory, 'SPY_4hs.csv'), undefined, '4h'))).toEqual([
      ['SPY', 'SPY_4hs.csv', '4h'],
    ]);
    expect(symbols(directory)).toEqual(['AAPL', 'MSFT']);
    expect(() => findBarFiles(join(directory, 'SPY_4hs.csv'))).toThrow(
      expect.objectContaining({ code: 'no_bar_files' }),
    );
  });

  it.each([
    ['a path that is not there', () => findBarFiles(join(directory, 'nowhere')), 'no_such_path'],
    ['a symbol without a file', () => findBarFiles(directory, ['SPY']), 'no_such_file'],
    ['a file of another symbol', () => findBarFiles(join(directory, 'MSFT.csv'), ['AAPL']), 'no_such_file'],
    ['a directory without files', () => findBarFiles(join(directory, 'intraday')), 'no_bar_files'],
    ['a directory that is named like a file', () => findBarFiles(parentOfDirectory()), 'unreadable_file'],
    ['the same when asked for', () => findBarFiles(parentOfDirectory(), ['AAPL']), 'unreadable_file'],
    ['a file that is named otherwise', () => findBarFiles(join(directory, 'README.md')), 'no_bar_files'],
  ])('refuses %s', (_name, find, code) => {
    expect(find).toThrowError(expect.objectContaining({ code }));
  });
});

describe('lookForBarFiles', () => {
  const BARS = 'Date,Open,High,Low,Close,Volume\n2024-05-31,11,11.5,10,10.5,1\n';
  const fill = (...names: string[]) => {
    for (const name of names) writeFileSync(join(directory, name), BARS);
  };

  it.each([
    ['ge_us_d.csv', 'GE'],
    ['spy.us.txt', 'SPY'],
    ['^spx_d.csv', 'SPX'],
    ['nvda.csv', 'NVDA'],
    ['^GSPC.csv', 'GSPC'],
    ['EURUSD=X.csv', 'EURUSD'],
    ['BRK-B.csv', 'BRK-B'],
    ['btc-usd.csv', 'BTC-USD'],
    ['TSLA.CSV', 'TSLA'],
    ['QQQ.tsv', 'QQQ'],
    ['daily_IBM.csv', 'IBM'],
    ['NASDAQ_META, 1D.csv', 'META'],
    ['CRM Historical Data.csv', 'CRM'],
  ])('takes %s for %s', (name, symbol) => {
    fill(name);
    expect(findBarFiles(directory, [symbol])).toEqual([
      { symbol, path: join(directory, name), timeframe: '1D', feed: 'file' },
    ]);
    expect(findBarFiles(directory).map((file) => file.symbol)).toContain(symbol);
    expect(findBarFiles(join(directory, name))[0].symbol).toBe(symbol);
  });

  it('names what it leaves out, and why', () => {
    fill('AAPL_4hs.csv', 'AAPL (1).csv', 'ES=F.csv', 'TSLA_4h.csv');
    writeFileSync(join(directory, 'SPY.txt'), 'What these files are');
    const { files, leftOut } = lookForBarFiles(directory);
    expect(files.map((file) => file.symbol)).toEqual(['AAPL', 'MSFT']);
    const noSymbol = 'its name is no symbol: 1 to 16 of A-Z, 0-9, ".", "_" and "-"';
    expect(leftOut).toEqual([
      { file: 'AAPL (1).csv', reason: noSymbol },
      { file: 'AAPL_4hs.csv', reason: 'half sessions, read for 4h and 8h' },
      { file: 'ES=F.csv', reason: noSymbol },
      { file: 'README.md', reason: 'not named SYMBOL.csv' },
      { file: 'SPY.txt', reason: 'no header of bars' },
      { file: 'TSLA_4h.csv', reason: noSymbol },
      { file: 'intraday', reason: 'not named SYMBOL.csv' },
      { file: 'notes.csv', reason: 'no header of bars' },
    ]);
    expect(leftOutLines(leftOut)).toEqual([
      `Left out: AAPL (1).csv, ES=F.csv, TSLA_4h.csv (${noSymbol}); AAPL_4hs.csv (half sessions, read for 4h and 8h); ` +
        'README.md, intraday (not named SYMBOL.csv); SPY.txt, notes.csv (no header of bars)',
    ]);
  });

  it('names nothing when symbols are asked for', () => {
    expect(lookForBarFiles(directory, ['MSFT']).leftOut).toEqual([]);
  });

  it('refuses two files that mean one symbol when they are read, naming both, and leaves the others', () => {
    fill('aapl.csv');
    for (const symbols of [undefined, ['AAPL']])
      expect(() => readBarFile(lookForBarFiles(directory, symbols).files[0])).toThrowError(
        expect.objectContaining({
          code: 'ambiguous_file',
          message: expect.stringMatching(/AAPL\.csv and .*aapl\.csv both mean AAPL/),
        }),
      );
    expect(readBarFile(findBarFiles(directory)[1])).toBe('');
    expect(findBarFiles(directory, ['MSFT'])).toHaveLength(1);
  });

  it.each([
    ['utf-16le', [0xff, 0xfe], (code: number) => [code, 0]],
    ['utf-16be', [0xfe, 0xff], (code: number) => [0, code]],
  ])('reads %s by its byte order mark', (_name, mark, bytesOf) => {
    const header = 'date\topen\thigh\tlow\tclose\n';
    const bytes = [...mark, ...[...header].flatMap((letter) => bytesOf(letter.charCodeAt(0)))];
    writeFileSync(join(directory, 'wide.csv'), Uint8Array.from(bytes));
    const file = findBarFiles(directory).find(({ symbol }) => symbol === 'WIDE')!;
    expect(readBarFile(file)).toBe(header);
  });

  it('takes a file that is asked for by name, whatever it holds', () => {
    expect(findBarFiles(directory, ['NOTES'])).toHaveLength(1);
  });
});

describe('sampleBarFile', () => {
  it('is there after an install', () => {
    expect(existsSync(sampleBarFile().path)).toBe(true);
    expect(sampleBarFile().symbol).toBe('SPX');
  });
});
