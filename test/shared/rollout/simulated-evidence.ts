import { DEFAULT_CRITERIA } from '../../../bench/rollout/default-criteria.ts';
import { type SimulatedForecaster, simulatedPairs } from '../../../bench/rollout/simulated-pairs.ts';
import type { AbsentForecast, RolloutEvidence } from '../../../src/shared/contracts/rollout-evidence.ts';
import type { ForecastPair } from '../../../src/shared/rollout/comparison/compared-pair.ts';
import { sumPairs } from '../../../src/shared/rollout/comparison/sum-pairs.ts';

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

/** A forecast that was to be there. */
type ExpectedForecast = Omit<AbsentForecast, 'state'> & { readonly state: AbsentForecast['state'] | 'there' };

/** Those of both ensembles that the pairs were made of: candidate and baseline in turn. */
export function forecastsOf(pairs: readonly ForecastPair[]): ExpectedForecast[] {
  return pairs.flatMap(({ symbol, horizon, data_cutoff }) =>
    (['candidate', 'baseline'] as const).map((ensemble) => ({
      ...{ symbol, horizon, ensemble, session_date: data_cutoff.slice(0, 10) },
      ...{ data_cutoff, deadline: data_cutoff, state: 'there' as const },
    })),
  );
}

/** What the database makes of forecasts that were to be there. */
export function expectedOf(
  forecasts: readonly ExpectedForecast[],
  symbols: RolloutEvidence['symbols'],
): RolloutEvidence['expected'] {
  const sessions = new Map<string, Record<ExpectedForecast['state'] | 'baseline_not_there', number>>();
  for (const { session_date, ensemble, state } of forecasts) {
    const none = { there: 0, late: 0, forecast_missing: 0, bar_missing: 0, baseline_not_there: 0 };
    const session = sessions.get(session_date) ?? none;
    if (ensemble === 'candidate') session[state]++;
    else if (state !== 'there') session.baseline_not_there++;
    sessions.set(session_date, session);
  }
  const unseen = symbols
    .flatMap(({ symbol, horizons }) => horizons.map((horizon) => ({ symbol, horizon })))
    .filter((of) => !forecasts.some((one) => one.symbol === of.symbol && one.horizon === of.horizon));
  return {
    sessions: [...sessions].sort().map(([session_date, counts]) => ({ session_date, ...counts })),
    not_there: forecasts.filter((one): one is AbsentForecast => one.state !== 'there'),
    nothing_due: { count: unseen.length, latest: unseen },
  };
}

/** All rows of a list that is not cut. */
export function whole<Row>(...latest: readonly Row[]): {
  readonly count: number;
  readonly latest: readonly Row[];
} {
  return { count: latest.length, latest };
}

/** Evidence on which everything passes, made of the pairs; `changes` replaces parts of it. */
export function evidenceOf(
  pairs: readonly ForecastPair[] = pairsOf(),
  changes: Partial<RolloutEvidence> = {},
): RolloutEvidence {
  const symbols = [...new Set(pairs.map(({ symbol }) => symbol))];
  const horizons = [...new Set(pairs.map(({ horizon }) => horizon))];
  const reached = symbols.map((symbol) => ({ symbol, horizons }));
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
    symbols: reached,
    expected: expectedOf(forecastsOf(pairs), reached),
    compared: sumPairs(pairs),
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
    dead_jobs: whole(),
    failed_runs: whole(),
    set_aside: {},
    errors: whole(),
    health: { captured: timings, now: timings },
    evaluations: 0,
    alerts_open: whole(),
    ...changes,
  };
}
