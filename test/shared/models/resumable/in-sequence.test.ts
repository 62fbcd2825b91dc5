import { describe, expect, it } from 'vitest';
import type { Json } from '../../../../src/shared/json.ts';
import { type Resumable, unlimitedBudget } from '../../../../src/shared/models/forecaster.ts';
import { inSequence, inTurn, Part } from '../../../../src/shared/models/resumable/in-sequence.ts';
import { mapResult } from '../../../../src/shared/models/resumable/map-result.ts';
import { oneUnit } from '../../../../src/shared/models/resumable/one-unit.ts';
import { resumableUnits } from '../../../../src/shared/models/resumable/resumable-units.ts';

const expired = { expired: () => true };
const numbers = { encode: (value: number) => `${value}`, decode: (json: Json) => Number(json) };

/** Adds 1 to a number, in as many units as are asked for. */
const counting = (from: number, units: number, checkpoint?: Json) =>
  resumableUnits<number, number>(
    Array.from({ length: units }, () => (value: number) => value + 1),
    from,
    (value) => value,
    checkpoint,
  );

/** 3 units, then 2 that go on from what they gave, then 1; the second part has no codec. */
function counted(checkpoint?: Json, started: string[] = []): Resumable<string> {
  const first = new Part(
    3,
    (resumed?: Json) => {
      started.push('first');
      return counting(10, 3, resumed);
    },
    numbers,
  );
  const second = new Part(2, (resumed?: Json) => counting(first.result, 2, resumed));
  const third = new Part(1, () => oneUnit(() => first.result * second.result), numbers);
  return inSequence(
    'COUNT',
    [first, second, third],
    () => `${first.result}, ${second.result}, ${third.result}`,
    checkpoint,
  );
}

describe('a computation in parts', () => {
  it('hands what one part gave to the next', () => {
    const whole = counted();
    expect(whole.step(unlimitedBudget)).toBe(true);
    expect(whole.result()).toBe('13, 15, 195');
    expect(whole.progress()).toBe(1);
  });

  it('does one unit in a step whose budget is spent, and says how far it is', () => {
    const computation = counted();
    const shares = [0];
    while (!computation.step(expired)) shares.push(computation.progress());
    expect(shares).toEqual([0, 1, 2, 3, 4, 5].map((units) => expect.closeTo(units / 6, 12)));
    expect(computation.step(expired)).toBe(true);
  });

  it('cut after every unit and resumed elsewhere goes on as if it had not been', () => {
    let computation = counted();
    let steps = 1;
    for (; !computation.step(expired); steps++) {
      const progress = computation.progress();
      computation = counted(JSON.parse(JSON.stringify(computation.checkpoint())));
      expect(computation.progress()).toBe(progress);
    }
    expect(steps).toBe(6);
    expect(computation.result()).toBe('13, 15, 195');
    expect(counted(computation.checkpoint()).result()).toBe('13, 15, 195');
  });

  it('keeps of a part that is done what its codec says, and does not begin it again', () => {
    const computation = counted();
    for (let unit = 0; unit < 4; unit++) computation.step(expired);
    expect(computation.checkpoint()).toEqual({ done: ['13'], running: { unit: 1, state: 14 } });
    const started: string[] = [];
    counted(computation.checkpoint(), started).step(unlimitedBudget);
    expect(started).toEqual([]);
  });

  it('has no result before it is done, nor has a part', () => {
    const computation = counted();
    expect(() => computation.result()).toThrow('no result yet');
    const part = new Part(1, () => oneUnit(() => 1));
    expect(() => part.result).toThrow('no result yet');
  });

  it('makes its result once', () => {
    let made = 0;
    const computation = inSequence('COUNT', [], () => ++made);
    expect(computation.step(expired)).toBe(true);
    expect([computation.result(), computation.result()]).toEqual([1, 1]);
  });

  it.each<[string, Json]>([
    ['is null', null],
    ['lacks what is done', { running: null }],
    ['lacks what is under way', { done: [] }],
    ['holds more parts than there are', { done: ['1', { unit: 2, state: 3 }, null, '4'], running: null }],
    ['is done and under way', { done: ['1', { unit: 2, state: 3 }, '3'], running: { unit: 0, state: 1 } }],
    ['holds a part as done that is not', { done: ['1', { unit: 1, state: 2 }], running: null }],
  ])('refuses a checkpoint that %s, and is named', (_what, checkpoint) => {
    expect(() => counted(checkpoint)).toThrow(
      expect.objectContaining({ code: 'invalid_artifact', message: expect.stringContaining('COUNT') }),
    );
  });
});

describe('a computation on one thing after the other', () => {
  const squares = (checkpoint?: Json) =>
    inTurn('SQUARES', 3, (place, resumed) => counting(place * place, 2, resumed), numbers, checkpoint);

  it('gives what it found of each, however it is cut', () => {
    const whole = squares();
    whole.step(unlimitedBudget);
    expect(whole.result()).toEqual([2, 3, 6]);
    let pieces = squares();
    while (!pieces.step(expired)) pieces = squares(JSON.parse(JSON.stringify(pieces.checkpoint())));
    expect(pieces.result()).toEqual([2, 3, 6]);
    expect(pieces.checkpoint()).toEqual({ done: ['2', '3', '6'], running: null });
  });
});

describe('a computation with another result', () => {
  it('is the same but for that', () => {
    const computation = mapResult(counting(1, 2), (value) => `got ${value}`);
    expect(computation.step(expired)).toBe(false);
    expect([computation.progress(), computation.checkpoint()]).toEqual([0.5, { unit: 1, state: 2 }]);
    expect(() => computation.result()).toThrow('no result yet');
    expect(computation.step(expired)).toBe(true);
    expect(computation.result()).toBe('got 3');
  });
});
