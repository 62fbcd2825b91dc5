import type { RolloutEvaluation } from '../contracts/rollout-evaluation.ts';
import type { RolloutEvidence } from '../contracts/rollout-evidence.ts';
import { type Comparison, compareWithBaseline } from './comparison/compare-with-baseline.ts';
import { crpsRatio } from './comparison/crps-ratio.ts';
import { forecastOrigins } from './comparison/forecast-origins.ts';
import { rmseRatio } from './comparison/rmse-ratio.ts';
import { judgeApprovals } from './criteria/approvals.ts';
import { judgeDatabaseHealth } from './criteria/database-health.ts';
import { judgeDivergence } from './criteria/divergence.ts';
import { judgeDuration } from './criteria/duration.ts';
import { judgeErrors } from './criteria/errors.ts';
import { judgeForecastCoverage } from './criteria/forecast-coverage.ts';
import { judgeIntervalCoverage } from './criteria/interval-coverage.ts';
import { judgeRelativeScore } from './criteria/relative-score.ts';
import { judgeTests } from './criteria/tests.ts';
import { statusLine } from './status-line.ts';
import { findTriggers } from './triggers.ts';
import { worstVerdict } from './worst-verdict.ts';

/**
 * Ratios to the baseline below which a result is a leak until shown otherwise. CRPS: to lose 30 % to the true distribution a baseline must be
 * nearly three times too wide. RMSE: the candidate's mean would explain a third of the variance that the baseline leaves, where honest means explain
 * less than 1 %, or the baseline's mean is off by three quarters of a standard deviation. Either way nobody should be served before someone has
 * looked. Slighter leaks show in windows, on more bars (`implausibleSkill`).
 */
const IMPLAUSIBLE_RATIOS = { rmse: 0.8, crps: 0.7 } as const;

/**
 * Judges the stage of a rollout on evidence of one moment. The same evidence gives the same bits.
 *
 * @param codeVersion of the judge, for the record
 */
export function judgeRollout(evidence: RolloutEvidence, codeVersion: string): RolloutEvaluation {
  const { criteria: limits, rollout, evidence_at } = evidence;
  const wanted = evidence.symbols.flatMap(({ horizons }) => horizons);
  const byHorizon = forecastOrigins(evidence.pairs, wanted);
  const compare = (score: 'rmse' | 'crps'): Comparison[] =>
    byHorizon.map((pairs) => {
      const ratio = score === 'rmse' ? rmseRatio(pairs.origins) : crpsRatio(pairs.origins);
      return compareWithBaseline(pairs, ratio, limits, byHorizon.length, IMPLAUSIBLE_RATIOS[score]);
    });
  const comparisons = { rmse: compare('rmse'), crps: compare('crps') };

  const criteria = [
    judgeDuration(evidence),
    judgeForecastCoverage(evidence),
    judgeDivergence(evidence),
    judgeRelativeScore('rmse', comparisons.rmse, limits),
    judgeRelativeScore('crps', comparisons.crps, limits),
    judgeErrors(evidence),
    judgeDatabaseHealth(evidence),
    judgeIntervalCoverage(byHorizon, evidence),
    judgeTests(evidence),
    judgeApprovals(evidence),
  ];
  const triggers = [...findTriggers(comparisons), ...evidence.triggers];
  return {
    evidence_at,
    code_version: codeVersion,
    verdict: worstVerdict(criteria.map(({ verdict }) => verdict)),
    status_line: statusLine(rollout, evidence_at, criteria, triggers),
    criteria,
    triggers,
  };
}
