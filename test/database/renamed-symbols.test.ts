// A ticker is renamed while there is work on it: nothing is lost, planned twice or registered by accident.
import { describe, expect, it } from 'vitest';
import { refusalOf, rolledBack, type Transaction } from './support/rolled-back.ts';
import { addEnsemble, claim } from './support/rows.ts';

const plan = async (sql: Transaction) => {
  const [{ planned }] = await sql`select public.plan_work(2) as planned`;
  return { forecasts: planned.forecasts, windows: planned.windows };
};

describe('a renamed symbol', () => {
  it(
    'has its work done under the new name, and none of it planned again',
    rolledBack(async (sql) => {
      await addEnsemble(sql);
      await sql`
        insert into public.bars (symbol_id, timeframe, bar_time, open, high, low, close, volume, provider, feed, adjustment, ingested_at)
        select s.id, '1D', d, 1, 1, 1, 1, 1, 'csv', 'file', 'all', now() - interval '1 hour'
        from public.symbols s, generate_series('2018-01-01Z'::timestamptz, '2024-12-31Z', '1 day') d
        where s.symbol = 'AAPL'`;
      expect(await plan(sql)).toEqual({ forecasts: 1, windows: 2 });
      const forecast = (await claim(sql, 'forecast'))!;
      await claim(sql);

      const [{ renamed }] =
        await sql`select public.rename_symbol('AAPL', 'AAPX', 'Ada', 'a merger') as renamed`;
      expect(renamed).toMatchObject({ from: 'AAPL', to: 'AAPX', jobs: 3, released: 2, runs: 2 });
      const late = await refusalOf(
        sql,
        (inner) => inner`select public.complete_job(${forecast.id}, ${forecast.lease_token}, '{}')`,
      );
      expect(late.code).toBe('lease_lost');
      expect(await plan(sql)).toEqual({ forecasts: 0, windows: 0 });

      const again = await claim(sql, 'forecast');
      expect(again).toMatchObject({ id: forecast.id, attempt: 1, payload: { symbol: 'AAPX' } });
      expect(await claim(sql)).toMatchObject({ payload: { symbol: 'AAPX' } });
      const old = await sql`
        select from public.runs where params -> 'symbols' ? 'AAPL'
        union all select from public.jobs where payload ->> 'symbol' = 'AAPL'`;
      expect(old).toHaveLength(0);
    }),
  );

  it(
    'is not registered anew by an upload under its former name, which is told the new one',
    rolledBack(async (sql) => {
      await sql`select public.rename_symbol('AAPL', 'AAPX', 'Ada')`;
      const upload = (inner: Transaction) =>
        inner`select public.ingest_bars('AAPL', '1D', 'csv', 'file', 'all', '[["2024-12-31", 1, 1, 1, 1, 1]]')`;
      const { code, message } = await refusalOf(sql, upload);
      expect([code, message]).toEqual([
        'symbol_renamed',
        expect.stringMatching(/^AAPL was renamed to AAPX on \d{4}-\d\d-\d\d: send its bars under that name$/),
      ]);
      await sql`insert into public.symbols (symbol) values ('AAPL')`;
      await upload(sql);
    }),
  );

  it(
    'takes its scheduled events along, past and to come, as they were',
    rolledBack(async (sql) => {
      const [{ ahead }] = await sql`select (now() at time zone 'UTC')::date + 700 as ahead`;
      await sql`
        insert into public.scheduled_events (symbol, event_date, known_at)
        values ('AAPL', '2019-01-29', null), ('AAPL', '2020-01-28', '2020-01-07T15:00:00Z'), ('AAPL', ${ahead}, null)`;
      const events = (symbol: string) => sql`
        select event_date, kind, time_of_day, known_at, source from public.scheduled_events where symbol = ${symbol} order by event_date`;
      const before = await events('AAPL');
      await sql`select public.rename_symbol('AAPL', 'AAPX', 'Ada')`;
      expect(await events('AAPX')).toEqual(before);
      expect(before).toHaveLength(3);
      expect(await events('AAPL')).toHaveLength(0);
      const [{ read }] = await sql`
        select public.read_scheduled_events(array['AAPX'], '2019-01-01', '2020-12-31', '2020-12-31Z') as read`;
      expect(read.AAPX).toHaveLength(2);
    }),
  );
});
