import { defaultConfiguration } from '../../../src/shared/ensemble/presets.ts';
import type { Transaction } from './rolled-back.ts';

export const HASH = '00000000deadbeef';
const DAY = 86_400_000;

/** The candidate, active, with HASH as its configuration's. */
export async function addEnsemble(sql: Transaction): Promise<void> {
  await sql`select public.seed_ensemble('candidate', ${sql.json(defaultConfiguration as never)}, ${HASH})`;
}

/** The session whose forecasts are expected by now. Needs an active ensemble. */
export async function dueSession(sql: Transaction): Promise<string> {
  const [row] = await sql`select session_date::text as date from public.vw_forecast_presence limit 1`;
  return row.date;
}

/** Stores daily bars of `count` days in a row, the last on `lastDate`. */
export async function addBars(
  sql: Transaction,
  symbol: string,
  lastDate: string,
  count = 5,
): Promise<string[]> {
  const dates = Array.from({ length: count }, (_, i) =>
    new Date(Date.parse(`${lastDate}T00:00:00Z`) - (count - 1 - i) * DAY).toISOString().slice(0, 10),
  );
  await sql`
    select public.ingest_bars(${symbol}, '1D', 'csv', 'file', 'all', ${sql.json(dates.map((date) => [date, 1, 1, 1, 1, 1]))})`;
  return dates;
}

/** Stores a forecast over 1D from the bar of a date, and returns its id. */
export async function addForecast(sql: Transaction, symbol: string, date: string): Promise<number> {
  const [{ id }] = await sql`
    insert into public.forecasts (
      symbol_id, symbol, horizon, ensemble, config_hash, code_version, data_cutoff, target_time, last_close, forecast_return,
      forecast_price, scale, probability_up, lower_50, upper_50, lower_80, upper_80, lower_90, upper_90, lower_95, upper_95,
      quantile_levels_id, return_quantiles, members)
    select s.id, s.symbol, '1D', 'candidate', ${HASH}, '0', ${date}::date::timestamp at time zone 'UTC',
      ${date}::date::timestamp at time zone 'UTC' + interval '2 days', 1, 0, 1, 0.01, 0.5, 1, 1, 1, 1, 1, 1, 1, 1,
      internal.quantile_levels_id('{0.5}'), '{0}', '[]'
    from public.symbols s where s.symbol = ${symbol}
    returning id`;
  return Number(id);
}

/** Stores a validated window over the given bars. */
export async function addWindow(
  sql: Transaction,
  symbol: string,
  dates: readonly string[],
  divergence: number,
): Promise<void> {
  const tests = {
    ...{ ensemble: 'candidate', config_hash: HASH, code_version: '0', data_cutoff: dates[1] },
    ...{
      first_bar_time: dates[0],
      last_bar_time: dates.at(-1),
      benchmark_train_rmse: 0.01,
      benchmark_val_rmse: 0.01,
    },
    ...{
      benchmark_test_rmse: 0.01,
      train_crps: 0.01,
      val_crps: 0.01,
      test_crps: 0.01,
      benchmark_train_crps: 0.01,
    },
    ...{
      benchmark_val_crps: 0.01,
      benchmark_test_crps: 0.01,
      rmse_divergence: divergence,
      crps_divergence: 0,
    },
    ...{
      level: 'normal',
      selection_gap: 0,
      selection_gap_p: 1,
      selection_gap_crps: 0,
      selection_gap_crps_p: 1,
    },
    ...{ fit_optimism: 0, fit_optimism_p: 1, fit_optimism_crps: 0, fit_optimism_crps_p: 1, trials: 1 },
    ...{
      backtest_overfitting_probability: null,
      implausible_skill: false,
      volatility_shift: 1,
      raw_divergence: 0,
    },
    ...{ base_rate: 0.5, coverage: {}, verdict: 'ok', reasons: [] },
  };
  const metrics = {
    ...{
      symbol,
      horizon: '1D',
      validation_date: new Date(Date.now() + 1000).toISOString(),
      window_id: dates.length - 1,
    },
    ...{
      train_rmse: 0.01,
      val_rmse: 0.01,
      test_rmse: 0.01,
      divergence,
      divergence_threshold: 0.2,
      is_overfitting: divergence > 0.2,
    },
    ...{ model_count: 1, models_used: ['LSTM'], n_train_samples: 1, n_val_samples: 1, n_test_samples: 1 },
    ...{
      data_span_days: 4,
      directional_accuracy: 0.5,
      mean_absolute_error: 0.008,
      trained_at: '2024-01-01T00:00:00Z',
    },
    hyperparameters: { ensemble: 'candidate', config_hash: HASH },
  };
  await sql`select internal.store_validation(null, ${sql.json(metrics as never)}, ${sql.json(tests as never)})`;
}

/** Adds a run without jobs. */
export async function addRun(sql: Transaction, kind = 'validation', symbol = 'SPY'): Promise<string> {
  await sql`select internal.store_configuration(${HASH}, ${sql.json(defaultConfiguration as never)})`;
  const [{ id }] = await sql`
    insert into public.runs (kind, ensemble, idempotency_key, requested_via, config_hash, params)
    values (${kind}, 'candidate', gen_random_uuid()::text, 'schedule', ${HASH},
      ${sql.json({ symbols: [symbol], horizon: '1D' })})
    returning id`;
  return id;
}

/** Adds a job to a run. */
export async function addJob(
  sql: Transaction,
  run: string,
  kind = 'validate_window',
  payload: Record<string, unknown> = {},
): Promise<number> {
  const whole = { symbol: 'SPY', horizon: '1D', ensemble: 'candidate', window_id: 1499, ...payload };
  const [{ id }] = await sql`
    insert into public.jobs (run_id, kind, idempotency_key, payload)
    values (${run}, ${kind}, gen_random_uuid()::text, ${sql.json(whole as never)}) returning id`;
  await sql`update public.runs set jobs_total = jobs_total + 1 where id = ${run}`;
  return Number(id);
}

/** Claims the next job, as a worker does. @param request the row of `worker_requests` it answers; by default none, as by hand */
export async function claim(sql: Transaction, kind = 'validate_window', request: number | null = null) {
  const [{ job }] = await sql`select public.claim_job(array[${kind}], '0', ${request}) as job`;
  return job as { id: number; lease_token: string; kind: string } | null;
}
