import { type AlertLevel, alertLevel, DIVERGENCE_THRESHOLDS, type DivergenceLevels } from './alert-level.ts';
import type { GapTest } from './gap-test.ts';
import type { RelativeDivergence } from './relative-divergence.ts';
import { SELECTION_BIAS_FLOOR } from './selection-bias.ts';

/**
 * The skill in CRPS that a model must have claimed on a part for its loss on the next to count as divergence; of the same
 * size as the gaps' floors.
 */
const CLAIMED_CRPS_SKILL = 0.04;

/**
 * A gap is significant below this p value: 5 % shared by selection gap, fit optimism and divergence. Each gap is tested on two
 * scores at this level, so that the joint rate is not bounded by 5 %: what holds it down are the floors, and it is measured.
 */
export const SIGNIFICANCE = 0.05 / 3;

/** A gap test on both scores. */
export interface GapTests {
  readonly squaredError: GapTest;
  readonly crps: GapTest;
}

/** What the verdict is made of. */
export interface OverfittingEvidence {
  /** From RMSEs, relative to "no change". */
  readonly divergence: RelativeDivergence;
  /** From CRPS, relative to filtered historical simulation. */
  readonly crpsDivergence: RelativeDivergence;
  /** Validation to test. */
  readonly selectionGap: GapTests;
  /** Train to validation. */
  readonly fitOptimism: GapTests;
  /** The gap of CRPS that choosing among the trials makes by itself; null where there are too few. */
  readonly selectionBias: number | null;
  /** Default {@link DIVERGENCE_THRESHOLDS}. */
  readonly levels?: DivergenceLevels;
  /** Divergence above which a window is overfitted; default the level `overfitting`. */
  readonly threshold?: number;
}

export interface OverfittingVerdict {
  readonly isOverfitting: boolean;
  /** A sentence for each finding that made the verdict; empty when there is none. */
  readonly reasons: readonly string[];
  /** The level of the (RMSE) divergence alone. */
  readonly level: AlertLevel;
  /** The threshold that was used. */
  readonly threshold: number;
}

/**
 * Whether a window's model is overfitted: its selection gap or its fit optimism is significant at {@link SIGNIFICANCE} and
 * above its floor, or its selection gap is what choosing among its trials makes by itself ({@link showsSelection}), or its
 * divergence is above the threshold.
 *
 * Each gap is tested on squared errors and on CRPS. A finding from CRPS counts only if the model beat the benchmark on the
 * earlier part, by more than the gap's floor or {@link CLAIMED_CRPS_SKILL}: what was memorised or selected looks good first,
 * while a distribution that does not follow volatility only gains and loses against one that does as volatility moves.
 */
export function overfittingVerdict(evidence: OverfittingEvidence): OverfittingVerdict {
  const { divergence, crpsDivergence, levels = DIVERGENCE_THRESHOLDS } = evidence;
  const threshold = evidence.threshold ?? levels.overfitting;
  const reasons = [
    ...gapReasons(evidence.selectionGap, 'Selection gap', 'validation to test'),
    ...gapReasons(evidence.fitOptimism, 'Fit optimism', 'train to validation'),
  ];
  const { selectionBias, selectionGap } = evidence;
  if (selectionBias !== null && showsSelection(selectionBias, selectionGap.crps.gap)) {
    reasons.push(
      `Selection bias: choosing among the trials makes a gap of CRPS of ${selectionBias.toFixed(4)} per bar in units of the ` +
        `expected volatility by itself, and there is one of ${selectionGap.crps.gap.toFixed(4)} (floor ${SELECTION_BIAS_FLOOR}).`,
    );
  }
  if (divergence.divergence > threshold) {
    reasons.push(
      `Divergence of RMSE ${percent(divergence.divergence)} is above its threshold of ${percent(threshold)}.`,
    );
  }
  const crps = countedCrpsDivergence(crpsDivergence);
  if (crps > threshold) {
    reasons.push(`Divergence of CRPS ${percent(crps)} is above its threshold of ${percent(threshold)}.`);
  }
  return {
    isOverfitting: reasons.length > 0,
    reasons,
    level: alertLevel(divergence.divergence, levels),
    threshold,
  };
}

/**
 * Whether the choice among trials explains a gap: what the choice makes by itself (`selectionBias`) is above
 * {@link SELECTION_BIAS_FLOOR}, and the gap is nearer to it than to the 0 of a claim that holds. Of two normal distributions of equal
 * spread with these means the first is then the likelier one (Neyman and Pearson 1933). A significant gap would be too much to ask: its
 * standard error on 250 bars is half of what the best of 300 forecasts without any skill gains.
 */
export function showsSelection(selectionBias: number, gap: number): boolean {
  return selectionBias > SELECTION_BIAS_FLOOR && gap > selectionBias / 2;
}

function gapReasons({ squaredError, crps }: GapTests, name: string, parts: string): string[] {
  const reasons: string[] = [];
  const add = (score: string, { floor, gap, pValue }: GapTest) =>
    reasons.push(
      `${name} of ${score}, ${parts}: ${gap.toFixed(3)} per bar in units of the expected volatility ` +
        `(p ${pValue.toPrecision(2)}, floor ${floor}).`,
    );
  if (counts(squaredError)) add('squared error', squaredError);
  if (counts(crps) && crps.earlierMean < -crps.floor) add('CRPS', crps);
  return reasons;
}

function counts({ floor, gap, pValue }: GapTest): boolean {
  return pValue <= SIGNIFICANCE && gap > floor;
}

/** The worsening of CRPS from a part on which the model claimed skill. */
export function countedCrpsDivergence({
  relative,
  trainToValidation,
  validationToTest,
}: RelativeDivergence): number {
  const claimed = 1 - CLAIMED_CRPS_SKILL;
  return Math.max(
    0,
    relative.train < claimed ? trainToValidation : 0,
    relative.validation < claimed ? validationToTest : 0,
  );
}

function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)} %`;
}
