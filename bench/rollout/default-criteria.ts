import type { RolloutCriteria } from '../../src/shared/contracts/settings.ts';

/** What the setting `rollout_criteria` begins with. */
export const DEFAULT_CRITERIA: RolloutCriteria = {
  mean_divergence: 0.15,
  largest_divergence: 0.25,
  margin: 0.05,
  rollback_margin: 0.1,
  confidence: 0.95,
  minimum_sessions: 5,
  health_ratio: 1.5,
  critical_alerts_per_hour: 5,
};
