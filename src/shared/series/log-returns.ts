import ln from '@stdlib/math-base-special-ln';

/**
 * Log returns of closing prices over some bars: element i is ln(close[i + steps] / close[i]), a fraction; `steps`
 * fewer than prices.
 *
 * The ratio is taken first, so prices in another unit give the same returns up to rounding.
 *
 * @param steps default 1
 */
export function logReturns(close: Float64Array, steps = 1): Float64Array {
  const returns = new Float64Array(Math.max(0, close.length - steps));
  for (let i = 0; i < returns.length; i++) returns[i] = ln(close[i + steps] / close[i]);
  return returns;
}

/** The log return that each bar ends with, one a bar; NaN for the first. */
export function returnsByBar(close: Float64Array): Float64Array {
  const returns = new Float64Array(close.length).fill(Number.NaN);
  returns.set(logReturns(close), 1);
  return returns;
}
