import ln from '@stdlib/math-base-special-ln';

/** ln(0.01): a bar's variance counts as at least a hundredth of what is usual, its range as a tenth. */
const LOWEST_RELATIVE_LOG = -4.605170185988091;

/**
 * Logarithms of variance measures, bar by bar, where a bar may have none.
 *
 * A bar whose high is its low measures 0, which has no logarithm. Every measure, zeros included, is therefore held at 1 % of
 * the geometric mean of the measures before it (as held): one ordinary value that depends on the past only, does not depend
 * on the prices' unit, and that one wild bar hardly moves. Before the first positive measure nothing is known.
 */
export class FlooredLogMeasure {
  #sum = 0;
  #count = 0;

  /** @returns the next bar's logarithm; null as long as no bar has had a positive measure */
  next(measure: number): number | null {
    const positive = measure > 0;
    if (this.#count === 0 && !positive) return null;
    const lowest =
      this.#count === 0 ? Number.NEGATIVE_INFINITY : this.#sum / this.#count + LOWEST_RELATIVE_LOG;
    const held = positive ? Math.max(ln(measure), lowest) : lowest;
    this.#sum += held;
    this.#count++;
    return held;
  }
}
