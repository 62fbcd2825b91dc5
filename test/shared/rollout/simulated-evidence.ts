import { DEFAULT_CRITERIA } from '../../../bench/rollout/default-criteria.ts';
import { type SimulatedForecaster, simulatedPairs } from '../../../bench/rollout/simulated-pairs.ts';
import type { ForecastPair, RolloutEvidence } from '../../../src/shared/contracts/rollout-evidence.ts';

/** A forecaster that knows the scale to within 5 %. */
export const HONEST: SimulatedForecaster = { scale: 1, scaleNoise: 0.05, meanError: 0.02 };

/** Sessions of two forecasters, by default honest ones. */
export function pairsOf(
  candidate: SimulatedForecaster = HONEST,
  { sessions = 20, symbols = 3, seed = 1, baseline = HONEST } = {},
): ForecastPair[] {
  return simulatedPairs({ candidate, baseline }, { sessions, symbols, seed });
}

/** A window above the largest divergence, as the database finds it. */
export function divergenceTrigger(symbol: string, divergence: number): RolloutEvidence['triggers'][number] {
  return {
    ...{ trigger: 'divergence', subject: `${symbol} 1D` },
    figures: { divergence, window_id: 1749, allowed: 0.25 },
    sentence: `the divergence of ${symbol} 1D is above 25.00 %.`,
  };
}

/** Evidence on which everything passes, made of the pairs; `changes` replaces parts of it. */
export function evidenceOf(
  pairs: readonly ForecastPair[] = pairsOf(),
  changes: Partial<RolloutEvidence> = {},
): RolloutEvidence {
  const symbols = [...new Set(pairs.map(({ symbol }) => symbol))];
  const horizons = [...new Set(pairs.map(({ horizon }) => horizon))];
  const timings = { divergence_summary: { p95_ms: 12, n: 40 }, forecast_quality: { p95_ms: 80, n: 40 } };
  return {
    rollout: {
      id: 3,
      status: 'running',
      stage: 'canary',
      started_at: '2026-01-04T12:00:00+00:00',
      stage_started_at: '2026-01-04T12:00:00+00:00',
      stage_due_at: '2026-01-11T12:00:00+00:00',
      candidate_hash: 'c0ffee00c0ffee00',
      baseline_hash: 'ba5e11e0ba5e11e0',
      commit_hash: '6e4057d1f2a3b4c5',
      tests: { passed: 1500, failed: 0 },
    },
    evidence_at: '2026-01-31T12:00:00+00:00',
    criteria: DEFAULT_CRITERIA,
    roles: [],
    approvals: [],
    symbols: symbols.map((symbol) => ({ symbol, horizons })),
    expected: pairs.flatMap(({ symbol, horizon, data_cutoff }) =>
      (['candidate', 'baseline'] as const).map((ensemble) => ({
        symbol,
        horizon,
        ensemble,
        session_date: data_cutoff.slice(0, 10),
        data_cutoff,
        deadline: data_cutoff,
        state: 'there' as const,
      })),
    ),
    pairs,
    windows: symbols.flatMap((symbol) =>
      horizons.map((horizon) => ({
        symbol,
        horizon,
        window_id: 1749,
        last_bar_time: '2026-01-02T00:00:00+00:00',
        divergence: 0.01,
        verdict: 'ok',
        implausible: false,
        reasons: [],
        validated_at: '2026-01-04T12:00:00+00:00',
      })),
    ),
    triggers: [],
    windows_expected: symbols.flatMap((symbol) => horizons.map((horizon) => ({ symbol, horizon }))),
    dead_jobs: [],
    failed_runs: [],
    errors: [],
    health: { captured: timings, now: timings },
    evaluations: 0,
    alerts_open: [],
    ...changes,
  };
}
