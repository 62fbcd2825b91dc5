import type { Objective } from './minimise.ts';

/** Balances truncation (width squared) against rounding (1 / width) for values known to about 15 digits. */
const WIDTH = 1e-5;

/** An objective whose gradient is found by central differences. `value` must exist a little beyond the bounds. */
export function withCentralDifferences(value: (x: Float64Array) => number): Objective {
  return (x, gradient) => {
    const moved = x.slice();
    for (let i = 0; i < x.length; i++) {
      moved[i] = x[i] + WIDTH;
      const above = value(moved);
      moved[i] = x[i] - WIDTH;
      const below = value(moved);
      moved[i] = x[i];
      gradient[i] = (above - below) / (2 * WIDTH);
    }
    return value(x);
  };
}
