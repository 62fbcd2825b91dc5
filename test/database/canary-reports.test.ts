import { describe, expect, it } from 'vitest';
import { rolledBack, type Transaction } from './support/rolled-back.ts';
import {
  addBars,
  addEnsemble,
  addForecast,
  addJob,
  addRun,
  addWindow,
  claim,
  dueSession,
} from './support/rows.ts';

async function report(sql: Transaction, time = '08:00') {
  await sql`select internal.report_canary('2026-07-14', ${time})`;
  const [row] = await sql`select * from public.canary_reports where report_time = ${time}`;
  return row;
}

describe('the canary\u2019s report', () => {
  it(
    'says insufficient, and what of, where nothing is known',
    rolledBack(async (sql) => {
      const row = await report(sql);
      expect(row).toMatchObject({
        status: 'insufficient',
        symbols: ['AAPL', 'MSFT', 'SPY'],
        windows_known: 0,
        largest_divergence: null,
      });
      expect(row.lines[0]).toBe('forecasts: insufficient: of 3 symbols none has bars and an active ensemble');
      expect(row.lines[3]).toBe('divergence: insufficient: no validated window stands');
    }),
  );

  it(
    'is ok only with its figures: every symbol with bars, forecast and window, nothing open, dead or failed',
    rolledBack(async (sql) => {
      await addEnsemble(sql);
      const session = await dueSession(sql);
      await addBars(sql, 'AAPL', session);
      await addForecast(sql, 'AAPL', session);
      const dates = await addBars(sql, 'SPY', session);
      await addForecast(sql, 'SPY', session);
      expect((await report(sql, '08:00')).status).toBe('insufficient');
      await addWindow(sql, 'SPY', dates, 0.125);
      const row = await report(sql, '12:00');
      expect(row).toMatchObject({
        ...{
          status: 'insufficient',
          forecasts_expected: 2,
          forecasts_there: 2,
          forecasts_missing: [],
          windows_known: 1,
        },
        ...{
          largest_divergence: 0.125,
          largest_divergence_of: 'SPY 1D candidate',
          symbols_without_bars: ['MSFT 1D'],
        },
      });
      expect(row.lines).toEqual([
        `forecasts of the session of ${session}: 2 of 2 there`,
        'alerts open: 0',
        expect.stringMatching(/^since .* UTC: 0 jobs dead, 0 runs failed, 0 outcomes scored$/),
        'largest divergence: 12.5 % (SPY 1D candidate), of the latest windows of 1',
        'without bars: MSFT 1D',
        'without a validated window: AAPL 1D candidate',
      ]);
      await sql`update public.symbols set active = false where symbol = 'MSFT'`;
      expect(await report(sql, '13:00')).toMatchObject({ status: 'insufficient', symbols_without_bars: [] });
      await addWindow(sql, 'AAPL', dates, 0.1);
      expect(await report(sql, '18:00')).toMatchObject({ status: 'ok', windows_known: 2 });
    }),
  );

  it(
    'names every forecast that is missing, and why',
    rolledBack(async (sql) => {
      await addEnsemble(sql);
      const session = await dueSession(sql);
      await addBars(sql, 'AAPL', session);
      await addBars(sql, 'SPY', '2026-07-10');
      const row = await report(sql);
      expect(row).toMatchObject({ status: 'attention', forecasts_expected: 2, forecasts_there: 0 });
      expect(row.lines[0]).toBe(
        `forecasts of the session of ${session}: 0 of 2 there; missing: AAPL 1D candidate (forecast_missing), SPY 1D candidate (bar_missing)`,
      );
    }),
  );

  it(
    'counts open alerts, dead jobs, failed runs and scored outcomes of the canary\u2019s symbols since the report before',
    rolledBack(async (sql) => {
      await addEnsemble(sql);
      const session = await dueSession(sql);
      await addBars(sql, 'SPY', session);
      const forecast = await addForecast(sql, 'SPY', session);
      await addBars(sql, 'NVDA', session);
      const elsewhere = await addForecast(sql, 'NVDA', session);
      for (const id of [forecast, elsewhere]) {
        await sql`
          insert into public.forecast_outcomes (
            forecast_id, outcome_time, outcome_close, is_target_session, realised_return, error, absolute_error, crps, pit,
            covered_50, covered_80, covered_90, covered_95, bars_stored_at)
          values (${id}, now(), 1, true, 0, 0, 0, 0, 0.5, true, true, true, true, now())`;
      }
      for (const symbol of ['SPY', 'NVDA']) {
        await sql`
          insert into public.divergence_alerts (symbol_id, symbol, horizon, ensemble, level, threshold, divergence, message)
          select id, symbol, '1D', 'candidate', 'warning', 0.15, 0.16, 'x' from public.symbols where symbol = ${symbol}`;
        const run = await addRun(sql, 'validation', symbol);
        await addJob(sql, run, 'validate_window', { symbol });
        const job = (await claim(sql))!;
        await sql`select public.fail_job(${job.id}, ${job.lease_token}, 'x', 'y', false)`;
      }
      expect(await report(sql, '08:00')).toMatchObject({
        ...{
          status: 'attention',
          alerts_open: 1,
          alerts: { warning: 1 },
          jobs_dead: 1,
          runs_failed: 1,
          outcomes_scored: 1,
        },
      });
      // Nothing happened since; the alert is still open.
      await sql`update public.canary_reports set issued_at = clock_timestamp()`;
      expect(await report(sql, '12:00')).toMatchObject({
        ...{ status: 'attention', alerts_open: 1, jobs_dead: 0, runs_failed: 0, outcomes_scored: 0 },
      });
    }),
  );

  it(
    'cannot be stored as ok without what ok means',
    rolledBack(async (sql) => {
      await report(sql);
      await expect(
        sql.savepoint((s) => s`update public.canary_reports set status = 'ok'`),
      ).rejects.toMatchObject({
        constraint_name: 'canary_reports_ok_is_measured',
      });
    }),
  );
});
