import { describe, expect, it } from 'vitest';
import { Pieces } from '../../bench/year/pieces.ts';
import { Timings } from '../../bench/year/timings.ts';
import { yearResults } from '../../bench/year/year-results.ts';

describe('pieces of the schedule', () => {
  it('are added up until what they are of has ended, with what later ticks went on with', () => {
    const timings = new Timings();
    const pieces = new Pieces();
    pieces.add('plan', { more: true }, 1500);
    pieces.add('check-divergence', 'unfinished', 1200);
    pieces.end(['plan', 'check-divergence'], timings);
    expect(timings.months()).toEqual([]);
    pieces.add('continue', { 'check_divergence 2026-01-05 07:00': 'done' }, 800);
    pieces.end(['plan'], timings);
    pieces.add('continue', { plan: { more: false } }, 900);
    pieces.add('continue', {}, 3);
    pieces.end([], timings);
    expect(timings.months()).toEqual([
      { kind: 'pieces', name: 'check-divergence', month: 0, count: 1, p95: 2000, total: 2000, largest: 2000 },
      { kind: 'pieces', name: 'plan', month: 0, count: 1, p95: 2400, total: 2400, largest: 2400 },
    ]);
  });

  it('of scoring are its slot and the ticks that score what it left; what ends at once has none', () => {
    const timings = new Timings();
    const pieces = new Pieces();
    pieces.add('score', 'done', 1500);
    pieces.add('forecast', 'done', 700);
    pieces.end(['score'], timings);
    pieces.add('outcomes', { scored: 9 }, 1500);
    pieces.end([], timings);
    expect(timings.months()).toMatchObject([{ kind: 'pieces', name: 'score', largest: 3000 }]);
  });

  it('may together take longer with many symbols, each alone may not', () => {
    const months = [
      { kind: 'pieces', name: 'plan', month: 0, count: 1, p95: 9000, total: 9000, largest: 9000 },
      { kind: 'scheduled', name: 'plan', month: 0, count: 6, p95: 1900, total: 11_000, largest: 2100 },
    ] as const;
    const found = (symbols: number) =>
      yearResults(months, [], symbols).map(({ case: name, target, met }) => [name, target, met]);
    expect(found(10_000).slice(0, 2)).toEqual([
      ['pieces together of scheduled plan, largest', 10_000, true],
      ['scheduled plan, largest', 2000, false],
    ]);
    expect(found(1_000)[0]).toEqual(['pieces together of scheduled plan, largest', 2000, false]);
  });
});
