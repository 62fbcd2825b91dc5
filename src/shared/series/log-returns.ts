import ln from '@stdlib/math-base-special-ln';

/**
 * Log returns of closing prices: element i is ln(close[i + 1] / close[i]), a fraction; one fewer than prices.
 *
 * The ratio is taken first, so prices in another unit give the same returns up to rounding.
 */
export function logReturns(close: Float64Array): Float64Array {
  const returns = new Float64Array(Math.max(0, close.length - 1));
  for (let i = 0; i < returns.length; i++) returns[i] = ln(close[i + 1] / close[i]);
  return returns;
}
