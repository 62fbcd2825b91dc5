import { describe, expect, it } from 'vitest';
import { ResidualScales } from '../../../../src/shared/models/half-session/residual-scales.ts';
import { SeededRandom } from '../../../../src/shared/numerics/random.ts';

/** Scales that have learned from normal residuals of a standard deviation in each half; null: the half had none. */
function learned(first: number | null, second: number | null, sessions = 300): ResidualScales {
  const random = new SeededRandom(3);
  const scales = new ResidualScales();
  for (let session = 0; session < sessions; session++) {
    if (first !== null) scales.learn('first', first * random.normal());
    if (second !== null) scales.learn('second', second * random.normal());
  }
  return scales;
}

describe('the residual scales of a session\u2019s halves', () => {
  it('are 1 before any residual', () => {
    const scales = new ResidualScales();
    expect([scales.of('first'), scales.of('second')]).toEqual([1, 1]);
  });

  it('follow the residuals of each half by itself', () => {
    const scales = learned(0.7, 1.6);
    expect(scales.of('first')).toBeGreaterThan(0.65);
    expect(scales.of('first')).toBeLessThan(0.9);
    expect(scales.of('second')).toBeGreaterThan(1.35);
    expect(scales.of('second')).toBeLessThan(1.8);
  });

  it('of a half that had no bar are 1, whatever the other had', () => {
    const scales = learned(2, null);
    expect(scales.of('first')).toBeGreaterThan(1.6);
    expect(scales.of('second')).toBe(1);
  });

  it('have moved most of the way after 100 sessions of residuals twice as large', () => {
    const scales = learned(1, 1);
    const before = scales.of('first');
    const random = new SeededRandom(4);
    for (let session = 0; session < 100; session++) scales.learn('first', 2 * random.normal());
    expect(scales.of('first') / before).toBeGreaterThan(1.5);
    expect(scales.of('first') / before).toBeLessThan(2.1);
  });

  it('are moved by a price error no more than by a large move', () => {
    const scales = learned(1, 1);
    const before = scales.of('first');
    scales.learn('first', 1e6);
    expect(scales.of('first') / before).toBeGreaterThan(1.01);
    expect(scales.of('first') / before).toBeLessThan(1.05);
  });

  it('go to JSON and back to the bit, and a copy goes on by itself', () => {
    const scales = learned(0.8, 1.3);
    const back = ResidualScales.from(JSON.parse(JSON.stringify(scales)));
    const copy = scales.copy();
    for (const each of [back, copy]) each.learn('second', 1.7);
    expect(back.of('second')).toBe(copy.of('second'));
    expect(back.of('first')).toBe(scales.of('first'));
    expect(back.of('second')).not.toBe(scales.of('second'));
  });

  it.each([[null], ['x'], [7], ['AAAAAAAA8D8=']])('refuse %j as what they were', (json) => {
    expect(() => ResidualScales.from(json)).toThrow(
      expect.objectContaining({ name: 'FitError', code: 'invalid_artifact' }),
    );
  });
});
