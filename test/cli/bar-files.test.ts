import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findBarFiles, sampleBarFile } from '../../src/cli/bar-files.ts';

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
    const names = (files: ReturnType<typeof findBarFiles>) =>
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

describe('sampleBarFile', () => {
  it('is there after an install', () => {
    expect(existsSync(sampleBarFile().path)).toBe(true);
    expect(sampleBarFile().symbol).toBe('SPX');
  });
});
