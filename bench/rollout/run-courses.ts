import ln from '@stdlib/math-base-special-ln';
import { studentTCdf } from '../../src/shared/numerics/distributions/student-t.ts';
import { logMeanWealth, logWealths } from '../../src/shared/rollout/comparison/bets-on-a-mean.ts';
import type { ForecastPair } from '../../src/shared/rollout/comparison/compared-pair.ts';
import { crpsRatio } from '../../src/shared/rollout/comparison/crps-ratio.ts';
import { forecastOrigins } from '../../src/shared/rollout/comparison/forecast-origins.ts';
import { rmseRatio } from '../../src/shared/rollout/comparison/rmse-ratio.ts';
import type { Wagers } from '../../src/shared/rollout/comparison/score-ratio.ts';
import { sumPairs } from '../../src/shared/rollout/comparison/sum-pairs.ts';
import { DEFAULT_CRITERIA } from './default-criteria.ts';

/** What one looks for, every day from the first look on. */
export interface DailyTest {
  readonly score: 'crps' | 'rmse';
  readonly direction: 'below' | 'above';
  readonly ratio: number;
  readonly level: number;
}

/** Of many courses. */
export interface CourseShares {
  /** Share of the courses in which it is ever shown. */
  readonly ever: number;
  /** The same for a t test of each day's mean difference, looked at on the same days. */
  readonly everByDailyTTest: number;
  /** Sessions after which half, and 80 %, of the courses have shown it; null when fewer ever do. */
  readonly half: number | null;
  readonly most: number | null;
  /** Mean ratio of the scores over the whole courses. */
  readonly ratio: number;
}

/** Nobody looks before. */
const FIRST_LOOK = DEFAULT_CRITERIA.minimum_sessions;

/** Runs the judge's tests, and beside each the naive one, over courses of pairs. */
export function runCourses(
  courses: Iterable<readonly ForecastPair[]>,
  tests: readonly DailyTest[],
): CourseShares[] {
  const found = tests.map(() => ({ shown: [] as number[], naive: 0, ratios: 0 }));
  for (const pairs of courses) {
    const [{ origins, ratios }] = forecastOrigins(sumPairs(pairs), ['1D']);
    const scores = { crps: crpsRatio(origins, ratios), rmse: rmseRatio(origins, ratios) };
    tests.forEach(({ score, direction, ratio, level }, i) => {
      const wagers = scores[score][direction](ratio);
      found[i].ratios += scores[score].estimate;
      found[i].shown.push(firstShown(wagers, level));
      if (isEverSignificant(wagers, level)) found[i].naive++;
    });
  }
  return found.map(({ shown, naive, ratios }) => {
    shown.sort((a, b) => a - b);
    const after = (share: number) => {
      const sessions = shown[Math.ceil(share * shown.length) - 1];
      return Number.isFinite(sessions) ? sessions : null;
    };
    return {
      ever: shown.filter(Number.isFinite).length / shown.length,
      everByDailyTTest: naive / shown.length,
      half: after(0.5),
      most: after(0.8),
      ratio: ratios / shown.length,
    };
  });
}

function firstShown({ values, stakes }: Wagers, level: number): number {
  for (let n = FIRST_LOOK; n <= values.length; n++) {
    if (logMeanWealth(logWealths(values.slice(0, n), stakes)) >= -ln(level)) return n;
  }
  return Infinity;
}

/** Student's t test that the mean of the same values is positive, each day anew at the full level. */
function isEverSignificant({ values }: Wagers, level: number): boolean {
  for (let n = FIRST_LOOK; n <= values.length; n++) {
    let mean = 0;
    for (let i = 0; i < n; i++) mean += values[i].value / n;
    let variance = 0;
    for (let i = 0; i < n; i++) variance += ((values[i].value - mean) * (values[i].value - mean)) / (n - 1);
    if (variance > 0 && studentTCdf(-mean / Math.sqrt(variance / n), n - 1) <= level) return true;
  }
  return false;
}
