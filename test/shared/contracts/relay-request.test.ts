import { expect, it } from 'vitest';
import { relayRequestSchema, workerRequestOf } from '../../../src/shared/contracts/relay-request.ts';

it('a request to the relay names a function and a row, and nothing else', () => {
  const good = { function: 'forecast-worker', request: 7 };
  expect(relayRequestSchema.parse(good)).toEqual(good);
  for (const bad of [{}, { ...good, request: 0 }, { ...good, function: '../x' }, { ...good, more: 1 }])
    expect(relayRequestSchema.safeParse(bad).success).toBe(false);
});

it('a worker is told by a header which request it answers; without one it was called by hand', () => {
  expect(workerRequestOf(new Headers({ 'x-worker-request': '12' }))).toBe(12);
  for (const value of ['', 'x', '-1', '1.5', '1e99'])
    expect(workerRequestOf(new Headers({ 'x-worker-request': value }))).toBeNull();
  expect(workerRequestOf(new Headers())).toBeNull();
});
