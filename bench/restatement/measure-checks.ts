import { NEW_YORK } from '../../src/shared/calendars/built-in-calendars.ts';
import { nextSession } from '../../src/shared/calendars/sessions.ts';
import { BarCollection } from '../../src/shared/market-data/bar-collection.ts';
import type { BarProvider } from '../../src/shared/market-data/bar-provider.ts';
import { median } from '../harness/bench-result.ts';

const BARS = 5_040;
/** A session. */
const FIRST_DATE = '2005-12-19';
const NOW = '2026-01-06T22:00:00Z';

/** Seconds in which an answer with 20 years of daily bars is checked, in this process: the median of the rounds. */
export function measureChecks(rounds: number): number {
  const provider = {
    source: { provider: 'alpaca', feed: 'iex', adjustment: 'all' },
    settlingMinutes: 20,
  } as BarProvider;
  let date: string = FIRST_DATE;
  const bars = Array.from({ length: BARS }, (_, i) => {
    const close = 100 + 10 * Math.abs(((i % 200) - 100) / 100) + (i % 7) / 10;
    const bar = {
      time: date,
      open: close - 0.1,
      high: close + 0.5,
      low: close - 0.6,
      close,
      volume: 1_000 + i,
    };
    date = nextSession(date, NEW_YORK);
    return bar;
  });
  const taken: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const began = performance.now();
    const collection = new BarCollection(provider, {
      ...{ symbol: 'BENCH', timeframe: '1D' as const, calendar: NEW_YORK, from: FIRST_DATE, now: NOW },
    });
    collection.add({ bars, incomplete: [] });
    collection.finish();
    taken.push((performance.now() - began) / 1_000);
  }
  return median(taken);
}
