import { expect, it } from 'vitest';
import { freeDirections } from '../../../../src/shared/models/garch/free-directions.ts';

const found = (combinations: number[][], scales: number[]) =>
  freeDirections(
    combinations.map((row) => Float64Array.from(row)),
    scales,
  ).map(({ leader, direction }) => [leader, ...direction]);

it('without a combination every parameter moves alone', () => {
  expect(found([], [1, 1])).toEqual([
    [0, 1, 0],
    [1, 0, 1],
  ]);
});

it('a parameter held by itself takes no part', () => {
  expect(found([[0, 2, 0]], [1, 1, 1])).toEqual([
    [0, 1, 0, 0],
    [2, 0, 0, 1],
  ]);
});

it('in a combination the parameter of the largest scale follows the others', () => {
  expect(found([[1, 0.5, 1]], [0.1, 0.1, 0.9])).toEqual([
    [0, 1, 0, -1],
    [1, 0, 1, -0.5],
  ]);
});

it('what follows in two combinations that overlap is worked out in both', () => {
  const [[, ...direction], ...others] = found(
    [
      [1, 1, 0],
      [0, 1, 1],
    ],
    [1, 1, 1],
  );
  expect(others).toEqual([]);
  expect(direction.map((value) => value / direction[0])).toEqual([1, -1, 1]);
});

it('combinations that say the same twice count once, and enough of them leave nothing', () => {
  expect(
    found(
      [
        [1, 0],
        [2, 0],
      ],
      [1, 1],
    ),
  ).toEqual([[1, 0, 1]]);
  expect(
    found(
      [
        [1, 0],
        [1, 1],
      ],
      [1, 1],
    ),
  ).toEqual([]);
});
