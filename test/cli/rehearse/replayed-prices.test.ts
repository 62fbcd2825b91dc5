import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { bundledPrices, pricesOf } from '../../../src/cli/rehearse/replayed-prices.ts';
import { sessionsBetween } from './sessions-between.ts';

describe('the spans of the bundled index', () => {
  const { sessions, symbols } = bundledPrices(760, 36);

  it('are three symbols with as many bars as history and replay need, all on the same dates', () => {
    expect(symbols).toHaveLength(3);
    const dates = symbols.map(({ bars }) => bars['1D']!.map((bar) => bar.time));
    expect(dates[0]).toHaveLength(796);
    expect(dates[1]).toEqual(dates[0]);
    expect(dates[2]).toEqual(dates[0]);
  });

  it('do not share a price', () => {
    const prices = symbols.flatMap(({ bars }) => bars['1D']!.map((bar) => `${bar.close} ${bar.volume}`));
    expect(new Set(prices).size).toBe(prices.length);
  });

  it('end with the sessions to be replayed, none left out in between', () => {
    expect(sessions).toHaveLength(36);
    expect(symbols[0].bars['1D']!.slice(-36).map((bar) => bar.time)).toEqual(sessions);
    expect(sessions).toEqual(sessionsBetween(sessions[0], sessions.at(-1)!));
  });
});

describe('files of prices', () => {
  const directory = mkdtempSync(join(tmpdir(), 'plumbline-replay-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  const csv = (dates: readonly string[]) =>
    ['date,open,high,low,close,volume', ...dates.map((date) => `${date},1,1,1,1,1`)].join('\n');
  const week = ['2024-01-02', '2024-01-03', '2024-01-04', '2024-01-05', '2024-01-08'];
  writeFileSync(join(directory, 'AAA.csv'), csv(week));
  writeFileSync(join(directory, 'BBB.csv'), csv(week.slice(0, 4)));
  mkdirSync(join(directory, 'intraday'));
  writeFileSync(
    join(directory, 'intraday', 'AAA_4hs.csv'),
    csv(week.flatMap((date) => [`${date}T14:30:00Z`, `${date}T18:30:00Z`])),
  );

  it('are replayed on the sessions that all of them have', () => {
    const { sessions, symbols } = pricesOf(directory, ['AAA', 'BBB'], 2, 2);
    expect(sessions).toEqual(['2024-01-04', '2024-01-05']);
    expect(symbols.map(({ bars }) => bars['1D']!.length)).toEqual([4, 4]);
  });

  it('bring half sessions along where there are any', () => {
    const { symbols } = pricesOf(directory, ['AAA', 'BBB'], 2, 2);
    expect(symbols[0].bars['4h']).toHaveLength(8);
    expect(symbols[1].bars['4h']).toBeUndefined();
  });

  it('are refused when they have too few sessions in common', () => {
    expect(() => pricesOf(directory, ['AAA', 'BBB'], 3, 2)).toThrow(
      expect.objectContaining({ code: 'too_few_sessions' }),
    );
  });
});
