// What the monitoring views say of rows whose figures are known.
import { describe, expect, it } from 'vitest';
import { becomeOperator } from './support/become-operator.ts';
import { rolledBack, type Transaction } from './support/rolled-back.ts';
import { addBars, addEnsemble, addForecast, addWindow, HASH } from './support/rows.ts';

const BASELINE = 'feed00000000beef';

/** A forecast of an ensemble from the bar of a date that came true, with the mean and the return given; members too. */
async function addOutcome(
  sql: Transaction,
  ensemble: 'candidate' | 'baseline',
  date: string,
  mean: number,
  realised: number,
  members: Record<string, number> = {},
) {
  const id = await addForecast(sql, 'SPY', date);
  const parts = Object.entries(members).map(([name, value]) => ({
    ...{ name, weight: 0.5, mean: value, scale: 0.01, probability_up: value > 0 ? 0.6 : 0.4 },
  }));
  await sql`
    update public.forecasts set ensemble = ${ensemble}, config_hash = ${ensemble === 'candidate' ? HASH : BASELINE},
      forecast_return = ${mean}, probability_up = ${mean > 0 ? 0.6 : 0.4}, members = ${sql.json(parts)}
    where id = ${id}`;
  await sql`
    insert into public.forecast_outcomes (
      forecast_id, outcome_time, outcome_close, is_target_session, realised_return, error, absolute_error, crps, pit,
      covered_50, covered_80, covered_90, covered_95, bars_stored_at)
    values (${id}, ${date}::date + interval '1 day', 1, true, ${realised}, ${mean}::double precision - ${realised}::double precision,
      abs(${mean}::double precision - ${realised}::double precision), ${ensemble === 'candidate' ? 0.004 : 0.005}, 0.5, false, false, true, true, now())`;
}

async function addEnsembles(sql: Transaction) {
  await addEnsemble(sql);
  await sql`select public.seed_ensemble('baseline', '{}', ${BASELINE})`;
  await addBars(sql, 'SPY', '2026-07-10');
}

describe('vw_rmse_against_baseline', () => {
  it(
    'compares forecasts from the same bar, and those alone',
    rolledBack(async (sql) => {
      await addEnsembles(sql);
      // The baseline's first: a forecast is stored as the candidate's, and then renamed.
      await addOutcome(sql, 'baseline', '2026-07-08', 0.0, 0.02);
      await addOutcome(sql, 'candidate', '2026-07-08', 0.01, 0.02);
      await addOutcome(sql, 'baseline', '2026-07-09', 0.0, -0.02);
      await addOutcome(sql, 'candidate', '2026-07-09', -0.01, -0.02);
      // Without a partner.
      await addOutcome(sql, 'candidate', '2026-07-10', 0.5, 0);
      const rows = await sql`select * from public.vw_rmse_against_baseline`;
      expect(rows).toHaveLength(1);
      expect(rows[0]).toMatchObject({
        symbol: 'SPY',
        horizon: '1D',
        n: 2,
        candidate_hash: HASH,
        baseline_hash: BASELINE,
      });
      expect(rows[0].candidate_rmse).toBeCloseTo(0.01, 12);
      expect(rows[0].baseline_rmse).toBeCloseTo(0.02, 12);
      expect(rows[0].no_change_rmse).toBeCloseTo(0.02, 12);
      expect(rows[0].rmse_ratio).toBeCloseTo(0.5, 12);
      expect(rows[0].crps_ratio).toBeCloseTo(0.8, 12);
    }),
  );
});

describe('vw_model_performance', () => {
  it(
    'measures the ensemble and each member on the same outcomes, and of a member only what is stored',
    rolledBack(async (sql) => {
      await addEnsembles(sql);
      await addOutcome(sql, 'candidate', '2026-07-08', 0.01, 0.02, { LSTM: 0.03, GB: -0.01 });
      await addOutcome(sql, 'candidate', '2026-07-09', 0.01, 0.02, { LSTM: 0.03, GB: -0.01 });
      const rows = await sql`select * from public.vw_model_performance order by model`;
      expect(rows.map(({ model, n, mean_weight }) => [model, n, mean_weight])).toEqual([
        ['GB', 2, 0.5],
        ['LSTM', 2, 0.5],
        ['ensemble', 2, null],
      ]);
      const [gb, lstm, ensemble] = rows;
      expect([gb.rmse, lstm.rmse, ensemble.rmse].map((x) => Number(x.toFixed(12)))).toEqual([
        0.03, 0.01, 0.01,
      ]);
      expect([gb.directional_accuracy, lstm.directional_accuracy, lstm.base_rate]).toEqual([0, 1, 1]);
      expect(gb.rmse_to_no_change).toBeCloseTo(1.5, 12);
      expect([lstm.mean_crps, lstm.coverage_90]).toEqual([null, null]);
      expect(ensemble.mean_crps).toBeCloseTo(0.004, 12);
      expect(ensemble.coverage_90).toBe(1);
    }),
  );
});

describe('vw_daily_divergence', () => {
  it(
    'counts windows and alerts of a day in New York, also where there are only alerts',
    rolledBack(async (sql) => {
      await addEnsembles(sql);
      const dates = await addBars(sql, 'SPY', '2026-07-10');
      await addWindow(sql, 'SPY', dates, 0.16);
      await sql`update public.ensemble_validation_metrics set validation_date = '2026-07-15T01:00:00Z'`;
      await sql`
        insert into public.divergence_alerts (symbol_id, symbol, horizon, ensemble, level, threshold, divergence, message, opened_at)
        select id, symbol, '1D', 'candidate', 'warning', 0.15, 0.16, 'x', '2026-07-15T12:00:00Z'::timestamptz from public.symbols where symbol = 'SPY'`;
      const rows = await sql`
        select day::text, ensemble, windows, mean_divergence, largest_divergence_of, above_warning, above_overfitting, alerts_opened
        from public.vw_daily_divergence order by day`;
      expect([...rows]).toEqual([
        {
          ...{
            day: '2026-07-14',
            ensemble: 'candidate',
            windows: 1,
            mean_divergence: 0.16,
            above_warning: 1,
            above_overfitting: 0,
          },
          ...{ largest_divergence_of: 'SPY 1D', alerts_opened: 0 },
        },
        {
          ...{
            day: '2026-07-15',
            ensemble: 'candidate',
            windows: 0,
            mean_divergence: null,
            above_warning: 0,
            above_overfitting: 0,
          },
          ...{ largest_divergence_of: null, alerts_opened: 1 },
        },
      ]);
      await sql`
        select public.change_setting('divergence_levels', '{"warning": 0.01, "overfitting": 0.1, "critical": 0.5}')`;
      const [byOthers] = await sql`
        select above_warning, above_overfitting, above_critical from public.vw_daily_divergence order by day`;
      expect(byOthers).toEqual({ above_warning: 1, above_overfitting: 1, above_critical: 0 });
    }),
  );
});

describe('vw_missed_ticks', () => {
  it(
    'finds the gaps, and none where every tick came',
    rolledBack(async (sql) => {
      await sql`
        insert into public.cron_ticks (job, ticked_at)
        select 'dispatch', m from generate_series(date_trunc('minute', now(), 'UTC') - interval '2 hours', date_trunc('minute', now(), 'UTC'), '1 minute') m
        where m not between date_trunc('minute', now(), 'UTC') - interval '90 minutes' and date_trunc('minute', now(), 'UTC') - interval '80 minutes'`;
      await sql`
        insert into public.cron_ticks (job, ticked_at)
        select 'reconcile', m from generate_series(date_trunc('minute', now(), 'UTC') - interval '2 hours', date_trunc('minute', now(), 'UTC') - interval '1 minute', '5 minutes') m`;
      const rows = await sql`select kind, name, missed, reason from public.vw_missed_ticks`;
      expect([...rows]).toEqual([
        { kind: 'cron', name: 'dispatch', missed: 11, reason: 'no tick for 12 minutes' },
      ]);
      // It ticks no more.
      await sql`delete from public.cron_ticks where job = 'reconcile' and ticked_at > now() - interval '20 minutes'`;
      const [row] =
        await sql`select missed, until = now() as is_open from public.vw_missed_ticks where name = 'reconcile'`;
      expect(row).toEqual({ missed: expect.toSatisfy((n: number) => n === 3 || n === 4), is_open: true });
    }),
  );
});

describe('vw_open_alerts', () => {
  it(
    'has what is open, of both kinds, with what became of its delivery; operators may read it',
    rolledBack(async (sql) => {
      await sql`select public.record_error('forecast', 'internal_error', 'secret words')`;
      await sql`select internal.watch_errors()`;
      await sql`
        insert into public.divergence_alerts (symbol_id, symbol, horizon, ensemble, level, threshold, divergence, message)
        select id, symbol, '1D', 'candidate', 'warning', 0.15, 0.16, 'x' from public.symbols where symbol = 'SPY'`;
      await sql`select internal.deliver_alerts()`;
      await becomeOperator(sql);
      const rows = await sql`select * from public.vw_open_alerts order by kind`;
      expect(rows).toMatchObject([
        {
          kind: 'divergence',
          level: 'warning',
          subject: 'SPY 1D candidate',
          divergence: 0.16,
          delivery: 'skipped',
        },
        { kind: 'error', level: 'error', subject: 'forecast', message: 'internal_error', occurrences: 1 },
      ]);
      expect(JSON.stringify(rows)).not.toContain('secret words');
      await sql`set local role postgres`;
      await sql`update public.divergence_alerts set resolved_at = now(), resolution = 'fell'`;
      await sql`select internal.watch_errors(now() + interval '25 hours')`;
      expect(await sql`select from public.vw_open_alerts`).toHaveLength(0);
    }),
  );
});
