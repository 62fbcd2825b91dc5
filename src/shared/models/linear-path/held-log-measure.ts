import ln from '@stdlib/math-base-special-ln';

/**
 * ln(100): a bar's variance counts as at least a hundredth of what is usual and at most a hundred times, its range as
 * a tenth or ten times.
 */
const LARGEST_RELATIVE_LOG = 4.605170185988091;

/**
 * Logarithms of variance measures, bar by bar, where a bar may have none.
 *
 * A bar whose high is its low measures 0, which has no logarithm, and one with a price error measures thousands of
 * times what is usual. Every measure is therefore held within a hundredth and a hundred times the geometric mean of
 * the measures before it (as held): an ordinary value that depends on the past only, does not depend on the prices'
 * unit, and that one wild bar hardly moves. Before the first positive measure nothing is known.
 */
export class HeldLogMeasure {
  #sum = 0;
  #count = 0;

  /** @returns the next bar's logarithm; null as long as no bar has had a positive measure */
  next(measure: number): number | null {
    const positive = measure > 0;
    if (this.#count === 0 && !positive) return null;
    const usual = this.#count === 0 ? ln(measure) : this.#sum / this.#count;
    const lowest = usual - LARGEST_RELATIVE_LOG;
    const held = positive ? Math.max(lowest, Math.min(usual + LARGEST_RELATIVE_LOG, ln(measure))) : lowest;
    this.#sum += held;
    this.#count++;
    return held;
  }
}
