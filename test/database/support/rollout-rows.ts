import type { EnsembleConfiguration } from '../../../src/shared/ensemble/ensemble-configuration.ts';
import { defaultConfiguration } from '../../../src/shared/ensemble/presets.ts';
import { HASH } from './rows.ts';

type Sql = import('postgres').Sql | import('postgres').TransactionSql;

/** Configurations' hashes of the rollouts of these tests. */
export const CANDIDATE = HASH;
export const BASELINE = '00000000feedface';

const HASHES: Readonly<Record<string, string>> = { candidate: CANDIDATE, baseline: BASELINE };

interface RolloutStart {
  readonly actor?: string;
  readonly symbols?: readonly string[];
  readonly candidate?: string;
  readonly baseline?: string;
  readonly baselineConfiguration?: EnsembleConfiguration;
  readonly tests?: { passed: number; failed: number } | null;
  readonly health?: Record<string, { p95_ms: number; n: number }>;
  /** Begin of the stage; default now. */
  readonly since?: string;
}

export interface Started {
  readonly rollout_id: number;
  readonly repeated: boolean;
  readonly stage: string;
  readonly symbols: readonly string[];
}

/** Deploys, by default to AAPL, MSFT and SPY. */
export async function startRollout(sql: Sql, start: RolloutStart = {}): Promise<Started> {
  const {
    actor = 'Ada',
    symbols = ['AAPL', 'MSFT', 'SPY'],
    candidate = CANDIDATE,
    baseline = BASELINE,
    baselineConfiguration = defaultConfiguration,
  } = start;
  const [{ answer }] = await sql`
    select public.start_rollout(${actor}, ${sql.json(defaultConfiguration as never)}, ${candidate},
      ${sql.json(baselineConfiguration as never)}, ${baseline}, ${[...symbols]}, '0.3.0', 'abcdef0',
      ${start.tests === undefined ? null : sql.json(start.tests as never)}, ${sql.json((start.health ?? {}) as never)}) as answer`;
  if (start.since !== undefined) await beginStage(sql, start.since);
  return answer;
}

/** Moves the begin of the present stage, and its end a week after. */
export async function beginStage(sql: Sql, since: string): Promise<void> {
  await sql`
    update public.rollouts
    set started_at = ${since}, stage_started_at = ${since}, stage_due_at = ${since}::timestamptz + interval '7 days'
    where status = 'running'`;
}

/** Stores a bar, by default of a day, with the time at which it came. */
export async function addBar(
  sql: Sql,
  bar: { symbol: string; time: string; came: string; timeframe?: string; close?: number },
): Promise<void> {
  const { symbol, time, came, timeframe = '1D', close = 1 } = bar;
  await sql`
    insert into public.bars (symbol_id, timeframe, bar_time, open, high, low, close, volume, provider, feed, adjustment, ingested_at)
    select s.id, ${timeframe}, ${time}, ${close}, ${close}, ${close}, ${close}, 1, 'csv', 'file', 'all', ${came}
    from public.symbols s where s.symbol = ${symbol}`;
}

/** Notes a series of each symbol and horizon that has none: forecasts without bars are not current. */
export async function addSeries(sql: Sql): Promise<void> {
  await sql`
    insert into public.bar_series (symbol_id, timeframe, bars, first_bar_time, last_bar_time, stored_at, provider, feed, adjustment)
    select s.id, h.horizon, 9, '2020-01-02Z', '2026-07-14Z', '2026-07-14T22:00:00Z', 'csv', 'file', 'all'
    from public.symbols s cross join unnest(s.horizons || '{1D}') h(horizon)
    on conflict do nothing`;
}

/** Stores a forecast: a uniform return of 4 % around its mean. */
export async function addForecastOf(
  sql: Sql,
  forecast: {
    symbol: string;
    cutoff: string;
    ensemble?: 'candidate' | 'baseline';
    hash?: string;
    horizon?: string;
    issued?: string;
    mean?: number;
  },
): Promise<number> {
  const { symbol, cutoff, ensemble = 'candidate', horizon = '1D', mean = 0 } = forecast;
  const [{ id }] = await sql`
    insert into public.forecasts (
      symbol_id, symbol, horizon, ensemble, config_hash, code_version, data_cutoff, target_time, issued_at, last_close, forecast_return,
      forecast_price, scale, probability_up, lower_50, upper_50, lower_80, upper_80, lower_90, upper_90, lower_95, upper_95,
      quantile_levels_id, return_quantiles, members)
    select s.id, s.symbol, ${horizon}, ${ensemble}, ${forecast.hash ?? HASHES[ensemble]}, '0', ${cutoff},
      ${cutoff}::timestamptz + interval '2 days', coalesce(${forecast.issued ?? null}::timestamptz, now()), 1, ${mean}, 1, 0.01, 0.5,
      1, 1, 1, 1, 1, 1, 1, 1,
      internal.quantile_levels_id((select array_agg(i / 200.0::double precision order by i) from generate_series(1, 199) i)),
      (select array_agg(${mean}::double precision + (i - 100) * 0.0002::double precision order by i) from generate_series(1, 199) i), '[]'
    from public.symbols s where s.symbol = ${symbol}
    returning id`;
  return Number(id);
}

export const CRITERIA = [
  ...['duration', 'forecast_coverage', 'divergence', 'rmse', 'crps'],
  ...['errors', 'database_health', 'interval_coverage', 'tests', 'approvals'],
];

/** What a judge might have found: everything passed but for what is named. */
export function evaluationOf(
  verdicts: Readonly<Record<string, string>> = {},
  more: Readonly<Record<string, unknown>> = {},
) {
  const criteria = CRITERIA.map((criterion) => ({
    criterion,
    verdict: verdicts[criterion] ?? 'pass',
    ...{ n: 5, figures: {}, sentence: `${criterion}.`, bars_needed: null },
  }));
  const worst = ['fail', 'insufficient'].find((verdict) => criteria.some((c) => c.verdict === verdict));
  return {
    evidence_at: new Date().toISOString(),
    code_version: '0.3.0',
    verdict: worst ?? 'pass',
    status_line: `all in all: ${worst ?? 'pass'}`,
    ...{ criteria, triggers: [] },
    ...more,
  };
}

/** Stores an evaluation of the rollout that runs. */
export async function evaluate(
  sql: Sql,
  evaluation: object = evaluationOf(),
): Promise<{ evaluation_id: number; verdict: string; decision: string; rolled_back: boolean }> {
  const [{ answer }] = await sql`
    select public.store_evaluation(r.id, r.stage, ${sql.json(evaluation as never)}) as answer
    from public.rollouts r where r.status = 'running'`;
  return answer;
}

/** Events of the log, oldest first. */
export async function events(sql: Sql, ...kinds: readonly string[]) {
  return await sql`
    select id::integer, rollout_id::integer, kind, stage, actor, reason, figures, subject from public.rollout_events
    where ${kinds.length === 0} or kind = any (${[...kinds]}) order by id`;
}

/** Who serves each symbol over 1D: `AAPL: candidate`. */
export async function serving(sql: Sql, horizon = '1D'): Promise<Record<string, string>> {
  const rows = await sql`select symbol, ensemble from public.vw_serving_ensembles where horizon = ${horizon}`;
  return Object.fromEntries(rows.map(({ symbol, ensemble }) => [symbol, ensemble]));
}
