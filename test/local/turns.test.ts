import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Turns } from '../../src/local/data-api/turns.ts';

/** Works that end when they are told to; `begun` names those that have begun. */
function works(turns: Turns) {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const take = (caller: string, name: string) =>
    turns.take(caller, async () => {
      begun.push(name);
      await new Promise<void>((resolve) => ends.set(name, resolve));
      return name;
    });
  return { begun, take, end: (name: string) => ends.get(name)!() };
}

test('so many of a caller go on at a time, the others in the order in which they came', async () => {
  const { begun, take, end } = works(new Turns(2));
  const all = ['a', 'b', 'c', 'd'].map((name) => take('ann', name));
  await nextTurn();
  expect(begun).toEqual(['a', 'b']);
  end('b');
  await nextTurn();
  expect(begun).toEqual(['a', 'b', 'c']);
  for (const name of ['a', 'c']) end(name);
  await nextTurn();
  end('d');
  expect(await Promise.all(all)).toEqual(['a', 'b', 'c', 'd']);
});

test('one caller does not hold up another', async () => {
  const { begun, take, end } = works(new Turns(1));
  const all = [take('ann', 'a'), take('ann', 'b'), take('bob', 'c')];
  await nextTurn();
  expect(begun).toEqual(['a', 'c']);
  end('a');
  await nextTurn();
  for (const name of ['b', 'c']) end(name);
  await Promise.all(all);
});

test('a work that fails gives its turn to the next', async () => {
  const turns = new Turns(1);
  const failing = turns.take('ann', () => Promise.reject(new Error('no')));
  const next = turns.take('ann', async () => 'next');
  await expect(failing).rejects.toThrow('no');
  expect(await next).toBe('next');
});
