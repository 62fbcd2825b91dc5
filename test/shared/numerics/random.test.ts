import { describe, expect, it } from 'vitest';
import { normalDeviate } from '../../../src/shared/numerics/distributions/normal.ts';
import { SeededRandom } from '../../../src/shared/numerics/random.ts';

const take = (random: SeededRandom, n: number) => Array.from({ length: n }, () => random.normal());

describe('SeededRandom', () => {
  it('gives the same bits for the same seed on every runtime', () => {
    const random = new SeededRandom(7);
    // Printed once by Node 20 and by Deno 2.9.
    expect(random.uniform()).toBe(0.0019473948744663794);
    expect(random.normal()).toBe(-0.2177862310569224);
    expect([...random.permutation(5)]).toEqual([2, 3, 0, 1, 4]);
  });

  it('gives unrelated numbers for neighbouring seeds', () => {
    const first = [0, 1, 2, 3, 4, 5].map((seed) => new SeededRandom(seed).uniform());
    expect(new Set(first.map((value) => Math.floor(10 * value))).size).toBeGreaterThan(3);
  });

  it('goes on from its state, through JSON, with the same bits', () => {
    const random = new SeededRandom(99);
    take(random, 17);
    const resumed = SeededRandom.fromState(JSON.parse(JSON.stringify(random.state())));
    expect(take(resumed, 10)).toEqual(take(random, 10));
    expect(resumed.permutation(8)).toEqual(random.permutation(8));
    expect(resumed.state()).toEqual(random.state());
  });

  it.each([[null], ['1,2,3,4'], [[1, 2, 3]], [[1, 2, 3, 4.5]], [[1, 2, 3, 2 ** 40]]])(
    'refuses the state %j',
    (state) => {
      expect(() => SeededRandom.fromState(state)).toThrow(RangeError);
    },
  );

  it('is uniform on [0, 1)', () => {
    const random = new SeededRandom(1);
    const bins = new Array(10).fill(0);
    for (let i = 0; i < 50_000; i++) bins[Math.floor(10 * random.uniform())]++;
    // Chi-square with 9 degrees of freedom: 27.9 is its 99.9 % quantile.
    expect(bins.reduce((sum, count) => sum + (count - 5000) ** 2 / 5000, 0)).toBeLessThan(27.9);
  });

  it('has the first four moments of a standard normal', () => {
    const values = take(new SeededRandom(2), 50_000);
    const moment = (power: number) => values.reduce((sum, value) => sum + value ** power, 0) / values.length;
    expect(Math.abs(moment(1))).toBeLessThan(0.02);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(0.03);
    expect(Math.abs(moment(3))).toBeLessThan(0.06);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.2);
  });

  it('has a finite deviate for the largest uniform, and no other that differs', () => {
    class Fixed extends SeededRandom {
      override uniform = () => 1 - 2 ** -53;
    }
    expect(new Fixed(1).normal()).toBeCloseTo(8.2095, 4);
    const next = new (class extends SeededRandom {
      override uniform = () => 1 - 2 ** -52;
    })(1);
    expect(next.normal()).toBe(normalDeviate(1 - 2 ** -52 + 2 ** -54));
  });

  it('permutes: every index once, every order as often', () => {
    const random = new SeededRandom(3);
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = [...random.permutation(3)].join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual(['012', '021', '102', '120', '201', '210']);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(120);
    expect(random.permutation(0)).toHaveLength(0);
  });
});
