import exp from '@stdlib/math-base-special-exp';
import type { CriterionResult, Figures, Verdict } from '../../contracts/rollout-evaluation.ts';
import type { RolloutCriteria } from '../../contracts/settings.ts';
import { counted } from '../../wording/counted.ts';
import { type Comparison, compareWithBaseline, type RatioTest } from '../comparison/compare-with-baseline.ts';
import { FARTHEST_OUTCOME } from '../comparison/compared-pair.ts';
import type { HorizonOrigin, HorizonPairs } from '../comparison/forecast-origins.ts';
import type { ScoreRatio } from '../comparison/score-ratio.ts';
import { figure, listed, percent } from '../wording.ts';
import { criterionByHorizon, type HorizonRow } from './by-horizon.ts';
import { sessionsOf } from './sessions-needed.ts';

/** A score that candidate and baseline are compared by. */
export interface RelativeScore {
  readonly criterion: 'rmse' | 'crps';
  /** As sentences have it. */
  readonly name: string;
  readonly ratio: (origins: readonly HorizonOrigin[], ratios: readonly number[]) => ScoreRatio;
  /**
   * The ratio to the baseline's below which a result is a leak until shown otherwise: nobody should be served before someone has looked.
   * Slighter leaks show in windows, on more bars (`implausibleSkill`).
   */
  readonly implausibleBelow: number;
}

/** The comparison of each horizon. */
export function compareByHorizon(
  score: RelativeScore,
  byHorizon: readonly HorizonPairs[],
  criteria: RolloutCriteria,
): Comparison[] {
  return byHorizon.map((pairs) =>
    compareWithBaseline(
      pairs,
      score.ratio(pairs.origins, pairs.ratios),
      criteria,
      byHorizon.length,
      score.implausibleBelow,
    ),
  );
}

/**
 * The candidate's score is at most the margin worse than the baseline's on the same bars: shown, not merely not refuted. `n` is sessions, of the
 * horizon that has fewest.
 *
 * Each horizon is judged by itself, and the worst verdict is the criterion's: a pass needs every test to succeed, so that no level has to be
 * divided among them (intersection-union, Berger 1982).
 *
 * - pass: the sequential test shows a ratio below 1 + margin, on at least the setting's sessions
 * - fail: it shows one above 1 + margin, or one so low that it is a leak until shown otherwise
 * - insufficient: neither; or the ratio is that low, though not beyond doubt: nothing that is too good passes
 */
export function judgeRelativeScore(
  { criterion, name }: RelativeScore,
  comparisons: readonly Comparison[],
  criteria: RolloutCriteria,
): CriterionResult {
  const rows = comparisons.map((comparison) => judgeHorizon(name, comparison, criteria));
  const horizons = comparisons.map(({ pairs }) => pairs);
  return criterionByHorizon(criterion, horizons, rows, {
    method: 'mean of wagers with fixed stakes (e-value), one-sided, time-uniform',
    level: figure(1 - criteria.confidence),
    margin: criteria.margin,
    farthest_outcome_in_scales: FARTHEST_OUTCOME,
  });
}

function judgeHorizon(name: string, comparison: Comparison, criteria: RolloutCriteria): HorizonRow {
  const { pairs, score, notWorse, worse, tooGood, interval } = comparison;
  const { horizon, origins, sessions, unusable, waiting } = pairs;
  const figures: Figures = {
    horizon,
    sessions,
    origins: origins.length,
    pairs: pairs.pairs,
    unusable,
    waiting,
    candidate: figure(score.candidate),
    baseline: figure(score.baseline),
    ratio: figure(score.estimate),
    ratio_lower: figure(interval.lower),
    ratio_upper: figure(interval.upper),
    e_not_worse: evidenceOf(notWorse),
    e_worse: evidenceOf(worse),
    e_too_good: evidenceOf(tooGood),
    too_good_below: tooGood.ratio,
    e_needed: figure(1 / notWorse.level),
  };
  if (origins.length === 0) {
    const sentence =
      unusable.length > 0
        ? `${horizon}: no pair can be compared (${listed(unusable)}).`
        : `${horizon}: no session of both has come true yet.`;
    return { verdict: 'insufficient', figures, sentence, needed: criteria.minimum_sessions };
  }
  const short = Math.max(0, criteria.minimum_sessions - sessions);
  const margin = percent(criteria.margin);
  let verdict: Verdict = 'insufficient';
  const reasons: string[] = [];
  if (tooGood.isShown) {
    verdict = 'fail';
    reasons.push(`implausible: below ${tooGood.ratio} beyond doubt, a leak until shown otherwise`);
  } else if (worse.isShown) {
    verdict = 'fail';
    reasons.push(`more than ${margin} worse beyond doubt (e-value ${shownEvidence(worse)})`);
  } else if (!Number.isFinite(notWorse.logEvidence) && notWorse.logEvidence !== Infinity) {
    reasons.push('the figures cannot be computed');
  } else {
    if (notWorse.isShown) {
      if (short === 0) verdict = 'pass';
      reasons.push(`not more than ${margin} worse (e-value ${shownEvidence(notWorse)})`);
    } else {
      reasons.push(
        `that it is not more than ${margin} worse is not shown yet (e-value ${shownEvidence(notWorse)} of ${figure(1 / notWorse.level)})`,
      );
    }
    if (short > 0) reasons.push(`${counted(short, 'more session')} needed at least`);
  }
  const isTooGoodSoFar = !tooGood.isShown && score.estimate < tooGood.ratio;
  if (isTooGoodSoFar) {
    if (verdict === 'pass') verdict = 'insufficient';
    reasons.push(`implausible so far: below ${tooGood.ratio}, look for a leak`);
  }
  if (unusable.length > 0) {
    if (verdict === 'pass') verdict = 'insufficient';
    reasons.push(`not compared: ${listed(unusable)}`);
  }
  // In the order in which they came true, which says nothing about who was better.
  if (waiting > 0) reasons.push(`${counted(waiting, 'pair')} of any horizon yet to be compared`);
  return {
    verdict,
    figures,
    sentence:
      `${horizon}: ${name} ${score.estimate.toFixed(3)} of the baseline's over ${counted(sessions, 'session')} (${counted(pairs.pairs, 'pair')}), ` +
      `${boundsOf(comparison, criteria)}: ${reasons.join('; ')}.`,
    // More sessions of what is too good make nothing better.
    needed: isTooGoodSoFar ? null : sessionsOf(notWorse.originsNeeded, pairs, short),
  };
}

/** e-values beyond are all the same. */
const LARGEST_EVIDENCE = 1e9;

function evidenceOf({ logEvidence }: RatioTest): number | null {
  return figure(Math.min(LARGEST_EVIDENCE, exp(Math.min(logEvidence, 30))));
}

function shownEvidence(test: RatioTest): string {
  const evidence = evidenceOf(test);
  if (evidence === null) return 'unknown';
  if (evidence >= LARGEST_EVIDENCE) return 'above 1e9';
  return String(Number(evidence.toPrecision(3)));
}

function boundsOf({ interval: { lower, upper } }: Comparison, { confidence }: RolloutCriteria): string {
  const each = `each bound at ${percent(confidence)}, time-uniform`;
  if (lower === null && upper === null) return `no bound at ${percent(confidence)} yet`;
  if (lower === null) return `at most ${upper!.toFixed(3)} (${each})`;
  if (upper === null) return `at least ${lower.toFixed(3)} (${each})`;
  return `between ${lower.toFixed(3)} and ${upper.toFixed(3)} (${each})`;
}
