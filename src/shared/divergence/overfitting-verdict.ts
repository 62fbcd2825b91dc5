import { type AlertLevel, alertLevel, DIVERGENCE_THRESHOLDS } from './alert-level.ts';
import type { GapTest } from './gap-test.ts';
import type { RelativeDivergence } from './relative-divergence.ts';

/**
 * The skill in CRPS that a model must have claimed on a part for its loss on the next to count as divergence; of the same
 * size as the gaps' floors.
 */
export const CLAIMED_CRPS_SKILL = 0.04;

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
  /** Divergence above which a window is overfitted; default 0.20. */
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
 * above its floor, or its divergence is above the threshold.
 *
 * Each gap is tested on squared errors and on CRPS. A finding from CRPS counts only if the model beat the benchmark on the
 * earlier part, by more than the gap's floor or {@link CLAIMED_CRPS_SKILL}: what was memorised or selected looks good first,
 * while a distribution that does not follow volatility only gains and loses against one that does as volatility moves.
 */
export function overfittingVerdict(evidence: OverfittingEvidence): OverfittingVerdict {
  const threshold = evidence.threshold ?? DIVERGENCE_THRESHOLDS.overfitting;
  const { divergence, crpsDivergence } = evidence;
  const reasons = [
    ...gapReasons(evidence.selectionGap, 'Selection gap', 'validation to test'),
    ...gapReasons(evidence.fitOptimism, 'Fit optimism', 'train to validation'),
  ];
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
    level: alertLevel(divergence.divergence),
    threshold,
  };
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
function countedCrpsDivergence({
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
