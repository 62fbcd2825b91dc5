import exp from '@stdlib/math-base-special-exp';
import ln from '@stdlib/math-base-special-ln';
import { log1p } from '../../numerics/log1p.ts';

/** A number that came, and what was known before about how low it could be. */
export interface FlooredValue {
  readonly value: number;
  /** Known before the value, which is not below it. */
  readonly floor: number;
}

/** The largest share of a wager's wealth that one value can take. */
const LARGEST_LOSS = 0.9;

/**
 * Log wealth of wagers that the values are positive on average, one for each stake; each begins with 0 (a wealth of 1).
 *
 * What is tested: **the average of the values' conditional expectations, each given all that came before it, is at most 0**. Nothing is
 * assumed of the values but their floors: no variance, no shape of the tails, no independence, and the expectations may change with time.
 *
 * A wager multiplies its wealth by `1 + stake * value` (betting: Waudby-Smith and Ramdas 2024). Their stakes may change from value to
 * value, and then what is tested is that *every* expectation is at most 0. Here a stake stays what it is, and then the average is enough:
 * with m the expectation, `(1 + stake * value) / (1 + stake * m)` multiplies to a martingale, and the product of the `1 + stake * m` is at
 * most exp(stake times the sum of the m), at most 1 while the average is at most 0. So the wealth is below a martingale at all such times,
 * and at any of them reaches 1 / level with probability at most `level` (Ville 1939), however often one looks. The empirical-Bernstein process
 * tests the same of the average (Howard, Ramdas, McAuliffe and Sekhon 2021; Choe and Ramdas 2023 for forecasts). For one stake
 * and floors of -1 its factor is exp(stake * value + (ln(1 - stake) + stake) * value^2), never more than the wager's (Fan, Grama and Liu
 * 2015). To centre it at a prediction of the value makes it larger, but asks for a floor lower by as much.
 *
 * Where the floor f < 0 is so low that `stake * f` is below {@link LARGEST_LOSS}, only as much is staked as loses that share, and the rest of the
 * stake is paid for as if the floor had come: a factor of exp((stake - staked) * f). As m is not below f, the factor's expectation is still at most
 * exp(stake * m). Weights of 1 / -f instead would let the days on which two forecasts agree decide, and hide those on which they do not.
 */
export function logWealths(values: readonly FlooredValue[], stakes: readonly number[]): Float64Array {
  return Float64Array.from(stakes, (stake) => {
    let wealth = 0;
    for (const { value, floor } of values) {
      const staked = floor < 0 ? Math.min(stake, LARGEST_LOSS / -floor) : stake;
      wealth += log1p(staked * value) + (stake - staked) * floor;
    }
    return wealth;
  });
}

/**
 * The mean wealth of the wagers, as a logarithm: an e-value, since a mean of wealths is one too (mixture: Robbins 1970; Cover 1991). It is
 * never more than ln(stakes) below the best of them, so that no stake needs to be chosen beforehand.
 */
export function logMeanWealth(wealths: Float64Array): number {
  let largest = -Infinity;
  for (const wealth of wealths) largest = Math.max(largest, wealth);
  if (!Number.isFinite(largest)) return largest;
  let sum = 0;
  for (const wealth of wealths) sum += exp(wealth - largest);
  return largest + ln(sum / wealths.length);
}

/** Beyond so many more values nothing is promised. */
const LONGEST_WAIT = 1000;

/**
 * How many more values like those so far would make the mean wealth reach a threshold.
 *
 * @param wealths of `n` values
 * @param threshold as a logarithm
 * @returns 0 when it is reached; null when no wager gains, or not within 1,000
 */
export function valuesNeeded(wealths: Float64Array, n: number, threshold: number): number | null {
  const reaches = (more: number) =>
    logMeanWealth(wealths.map((wealth) => (wealth * (n + more)) / n)) >= threshold;
  if (logMeanWealth(wealths) >= threshold) return 0;
  if (n === 0 || !wealths.some((wealth) => wealth > 0) || !reaches(LONGEST_WAIT)) return null;
  let short = 0;
  let enough = LONGEST_WAIT;
  while (enough - short > 1) {
    const middle = (short + enough) >> 1;
    if (reaches(middle)) enough = middle;
    else short = middle;
  }
  return enough;
}
