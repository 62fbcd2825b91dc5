import ln from '@stdlib/math-base-special-ln';
import type { RolloutCriteria } from '../../contracts/settings.ts';
import { logMeanWealth, logWealths, valuesNeeded } from './bets-on-a-mean.ts';
import type { HorizonPairs } from './forecast-origins.ts';
import type { ScoreRatio, Wagers } from './score-ratio.ts';

/** A one-sided sequential test of a ratio of scores. */
export interface RatioTest {
  /** The ratio that the true one is shown to be below or above. */
  readonly ratio: number;
  /** Probability of ever showing it where it is not so. */
  readonly level: number;
  /** ln of the e-value; 0 without origins, infinite where no outcome could have shown anything else. */
  readonly logEvidence: number;
  /** Whether it is shown: the e-value is at least 1 / level. */
  readonly isShown: boolean;
  /** Further origins that would show it if they are like those so far; null when it cannot be told. */
  readonly originsNeeded: number | null;
}

/** The candidate's score relative to the baseline's on the pairs of one horizon. */
export interface Comparison {
  readonly pairs: HorizonPairs;
  readonly score: ScoreRatio;
  /** Less than the margin worse. */
  readonly notWorse: RatioTest;
  /** More than the margin worse. */
  readonly worse: RatioTest;
  /** More than the rollback margin worse, at {@link triggerLevel}. */
  readonly farWorse: RatioTest;
  /** So much better that it is a leak until shown otherwise. */
  readonly tooGood: RatioTest;
  /** Each bound holds with the setting's confidence, at all times together; null where there is none yet between 1/4 and 4. */
  readonly interval: { readonly lower: number | null; readonly upper: number | null };
}

/**
 * Probability that one trigger test ever fires wrongly: two scores are tested by horizon, and any of the tests rolls back, so that all
 * together have the setting's.
 */
function triggerLevel(confidence: number, horizons: number): number {
  return (1 - confidence) / (2 * Math.max(1, horizons));
}

/** @param tooGood the ratio below which a result is implausible */
export function compareWithBaseline(
  pairs: HorizonPairs,
  score: ScoreRatio,
  criteria: RolloutCriteria,
  horizons: number,
  tooGood: number,
): Comparison {
  const level = 1 - criteria.confidence;
  const test = (direction: 'below' | 'above', ratio: number, ofLevel = level) =>
    ratioTest(score[direction](ratio), ratio, ofLevel);
  const notWorse = test('below', 1 + criteria.margin);
  const worse = test('above', 1 + criteria.margin);
  return {
    pairs,
    score,
    notWorse,
    worse,
    farWorse: test('above', 1 + criteria.rollback_margin, triggerLevel(criteria.confidence, horizons)),
    tooGood: test('below', tooGood),
    interval: {
      lower: extremeShown((ratio) => test('above', ratio), 1 / LARGEST_RATIO, LARGEST_RATIO, worse),
      upper: extremeShown((ratio) => test('below', ratio), LARGEST_RATIO, 1 / LARGEST_RATIO, notWorse),
    },
  };
}

/** Bounds are looked for up to it, and down to one over it. */
const LARGEST_RATIO = 4;
/** Halvings: bounds are found to within 0.001. */
const HALVINGS = 12;

/**
 * The confidence bound: of the ratios that are shown, the one furthest from `easy`, where most is shown. That is the inversion of the tests
 *, which grow with the ratio.
 *
 * @param known a test on the way that is made already, so that bound and verdict never contradict each other
 */
function extremeShown(
  test: (ratio: number) => RatioTest,
  easy: number,
  hard: number,
  known: RatioTest,
): number | null {
  let shown = easy;
  let open = hard;
  if (known.isShown) shown = known.ratio;
  else if (!test(easy).isShown) return null;
  else open = known.ratio;
  if (test(hard).isShown) return hard;
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (shown + open) / 2;
    if (test(middle).isShown) shown = middle;
    else open = middle;
  }
  return shown;
}

function ratioTest({ values, stakes }: Wagers, ratio: number, level: number): RatioTest {
  const threshold = -ln(level);
  if (cannotBeOtherwise(values))
    return { ratio, level, logEvidence: Infinity, isShown: true, originsNeeded: 0 };
  const wealths = logWealths(values, stakes);
  const logEvidence = logMeanWealth(wealths);
  return {
    ratio,
    level,
    logEvidence,
    isShown: logEvidence >= threshold,
    originsNeeded: valuesNeeded(wealths, values.length, threshold),
  };
}

/** Whether no outcome could have made a value negative, and one is positive: two forecasts that are the same, or nearly so. */
function cannotBeOtherwise(values: Wagers['values']): boolean {
  return values.every(({ floor }) => floor >= 0) && values.some(({ value }) => value > 0);
}
