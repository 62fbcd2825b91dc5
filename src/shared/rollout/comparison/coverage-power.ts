import ln from '@stdlib/math-base-special-ln';
import { SeededRandom } from '../../numerics/random.ts';
import { logWealthBelow } from './coverage-test.ts';

/** Simulated courses: enough to know a power of 0.8 to within 0.04. */
const COURSES = 400;
/** Beyond so many origins it is not looked further. */
const LONGEST = 200;
const SEED = 20261123;

/**
 * Correlation of two symbols' misses of a 90 % interval on the same day. Of intervals from exponentially weighted volatility it is 0.17 on average over
 * the pairs of 13 US stocks and funds since 1990, and 0.32 at most of AAPL, MSFT and SPY.
 */
const DEPENDENCE = 1 / 3;

/** Intervals that cover something else than they should, and the test that is to see it. */
export interface WrongCoverage {
  /** Pairs of an origin. */
  readonly symbols: number;
  readonly nominal: number;
  readonly actual: number;
  /** Of the test. */
  readonly level: number;
}

/**
 * The power of `isCoverageBelow`: the probability that it shows the nominal coverage to be too high after so many origins. It is the share of 400
 * simulated courses, always the same ones, in which it does.
 *
 * On a day all symbols share one fate with probability 1/3, and else each has its own: their misses are correlated by as much.
 */
export function coveragePower(wrong: WrongCoverage, origins: number): number {
  const courses = new SimulatedCourses(wrong);
  for (let n = 0; n < origins; n++) courses.add();
  return courses.power();
}

/** The least number of origins with that power; null when it is more than 200. */
export function originsForPower(wrong: WrongCoverage, power: number): number | null {
  const courses = new SimulatedCourses(wrong);
  for (let n = 1; n <= LONGEST; n++) {
    courses.add();
    if (courses.power() >= power) return n;
  }
  return null;
}

class SimulatedCourses {
  readonly #random = new SeededRandom(SEED);
  readonly #wealths = new Float64Array(COURSES);
  readonly #wrong: WrongCoverage;

  constructor(wrong: WrongCoverage) {
    this.#wrong = wrong;
  }

  /** One more origin in each course. */
  add(): void {
    for (let i = 0; i < COURSES; i++)
      this.#wealths[i] += logWealthBelow([this.#share()], this.#wrong.nominal);
  }

  power(): number {
    const enough = -ln(this.#wrong.level);
    return this.#wealths.filter((wealth) => wealth >= enough).length / COURSES;
  }

  #share(): number {
    const { symbols, actual } = this.#wrong;
    const isInside = () => this.#random.uniform() < actual;
    if (this.#random.uniform() < DEPENDENCE) return isInside() ? 1 : 0;
    let inside = 0;
    for (let i = 0; i < symbols; i++) if (isInside()) inside++;
    return inside / symbols;
  }
}
