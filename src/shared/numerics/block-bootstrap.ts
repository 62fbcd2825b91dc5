import type { SeededRandom } from './random.ts';

/** How blocks are drawn. */
export type BlockBootstrap = 'stationary' | 'moving_block';

/**
 * Draws one resample of 0 to n - 1 in blocks, so that what lies together stays together; the series closes on itself, so
 * that every bar is as likely.
 *
 * `stationary` (Politis and Romano 1994): blocks of geometric length with that mean. `moving_block` (Kuensch 1989; the
 * circular form of Politis and Romano 1992): blocks of that very length, the last one cut.
 *
 * @param blockLength 1 to n; 1 draws bars one by one
 * @throws RangeError for another length
 */
export function drawBlocks(
  n: number,
  blockLength: number,
  kind: BlockBootstrap,
  random: SeededRandom,
): Int32Array {
  if (!(blockLength >= 1 && blockLength <= n)) {
    throw new RangeError(`A block is 1 to ${n} bars long, not ${blockLength}`);
  }
  const drawn = new Int32Array(n);
  let left = 0;
  for (let i = 0; i < n; i++) {
    const ends = kind === 'stationary' ? i === 0 || random.uniform() * blockLength < 1 : left === 0;
    if (ends) {
      drawn[i] = Math.floor(n * random.uniform());
      left = Math.ceil(blockLength);
    } else {
      drawn[i] = drawn[i - 1] + 1 === n ? 0 : drawn[i - 1] + 1;
    }
    left--;
  }
  return drawn;
}
