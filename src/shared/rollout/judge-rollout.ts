import type { RolloutEvaluation } from '../contracts/rollout-evaluation.ts';
import type { RolloutEvidence } from '../contracts/rollout-evidence.ts';
import { forecastOrigins } from './comparison/forecast-origins.ts';
import { judgeApprovals } from './criteria/approvals.ts';
import { CRPS } from './criteria/crps.ts';
import { judgeDatabaseHealth } from './criteria/database-health.ts';
import { judgeDivergence } from './criteria/divergence.ts';
import { judgeDuration } from './criteria/duration.ts';
import { judgeErrors } from './criteria/errors.ts';
import { judgeForecastCoverage } from './criteria/forecast-coverage.ts';
import { judgeIntervalCoverage } from './criteria/interval-coverage.ts';
import { compareByHorizon, judgeRelativeScore } from './criteria/relative-score.ts';
import { RMSE } from './criteria/rmse.ts';
import { judgeTests } from './criteria/tests.ts';
import { statusLine } from './status-line.ts';
import { findTriggers } from './triggers.ts';
import { worstVerdict } from './worst-verdict.ts';

/**
 * Judges the stage of a rollout on evidence of one moment. The same evidence gives the same bits.
 *
 * @param codeVersion of the judge, for the record
 */
export function judgeRollout(evidence: RolloutEvidence, codeVersion: string): RolloutEvaluation {
  const { criteria: limits, rollout, evidence_at } = evidence;
  const wanted = evidence.symbols.flatMap(({ horizons }) => horizons);
  const byHorizon = forecastOrigins(evidence.compared, wanted);
  const comparisons = {
    rmse: compareByHorizon(RMSE, byHorizon, limits),
    crps: compareByHorizon(CRPS, byHorizon, limits),
  };

  const criteria = [
    judgeDuration(evidence),
    judgeForecastCoverage(evidence),
    judgeDivergence(evidence),
    judgeRelativeScore(RMSE, comparisons.rmse, limits),
    judgeRelativeScore(CRPS, comparisons.crps, limits),
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
