// What goes by a symbol's own calendar, beside symbols of New York: scoring, deadlines, presence, slots, who has ended.
import { describe, expect, it } from 'vitest';
import { nextSession, sessionClose } from '../../src/shared/calendars/sessions.ts';
import { barRulesSchema } from '../../src/shared/contracts/calendar.ts';
import { rolledBack, type Transaction } from './support/rolled-back.ts';
import { addBar, addForecastOf, events, startRollout } from './support/rollout-rows.ts';
import { addBars, addEnsemble, addForecast, addWindow, HASH } from './support/rows.ts';

/** Symbols and their calendars: Bitcoin, euros, Tokyo, and Auckland, whose date is a day ahead of New York's. */
const CALENDARS = { BTC: '24/7', EURUSD: 'weekdays', N225: 'XTKS', NZX50: 'XNZE' };
/** Closes at midnight in Santiago, where clocks change at midnight. */
const SANTIAGO = { CLP: 'SCL' };

async function addSymbols(sql: Transaction, more: Readonly<Record<string, string>> = {}): Promise<void> {
  await sql`
    select public.store_calendar('XTKS', 'Asia/Tokyo', '15:30', null, '2020-01-01', '2030-12-31', '[["2026-03-20", "closed"]]', 'Ada'),
      public.store_calendar('XNZE', 'Pacific/Auckland', '16:45', null, '2020-01-01', '2030-12-31', '[["2026-04-03", "closed"]]', 'Ada')`;
  await sql`select public.store_calendar('SCL', 'America/Santiago', '24:00', null, '2020-01-01', '2030-12-31', '[]', 'Ada', 'every_day')`;
  for (const [symbol, calendar] of Object.entries({ ...CALENDARS, ...more })) {
    await sql`insert into public.symbols (symbol) values (${symbol})`;
    await sql`select public.set_calendar(${symbol}, ${calendar}, 'Ada')`;
  }
}

describe('a forecast', () => {
  it(
    'comes true by the bar of its target session, by any calendar and across changes of clocks',
    rolledBack(async (sql) => {
      await addEnsemble(sql);
      await addSymbols(sql, SANTIAGO);
      for (const symbol of [...Object.keys(CALENDARS), 'CLP', 'SPY']) {
        const [{ rules }] = await sql`select public.bar_rules(${symbol}) as rules`;
        const { calendar } = barRulesSchema.parse(rules);
        for (let date = '2026-03-02'; date < '2026-04-15'; date = nextSession(date, calendar)) {
          const next = nextSession(date, calendar);
          await addBar(sql, { symbol, time: date, came: '2026-04-20' });
          const id = await addForecastOf(sql, { symbol, cutoff: date });
          await sql`update public.forecasts set target_time = ${sessionClose(next, calendar)} where id = ${id}`;
        }
      }
      await sql`select internal.score_outcomes()`;
      const scored = await sql`
        select f.symbol, count(*)::integer as n, bool_and(o.is_target_session) as all_of_target
        from public.forecast_outcomes o join public.forecasts f on f.id = o.forecast_id group by f.symbol order by f.symbol`;
      expect(scored).toEqual(
        [
          ['BTC', 43],
          ['CLP', 43],
          ['EURUSD', 31],
          ['N225', 30],
          ['NZX50', 30],
          ['SPY', 30],
        ].map(([symbol, n]) => ({
          ...{ symbol, n, all_of_target: true },
        })),
      );
    }),
  );

  it(
    'of a Friday comes true on Saturday for what trades every day, and is not the target session of one made for Monday',
    rolledBack(async (sql) => {
      await addEnsemble(sql);
      await addSymbols(sql);
      await sql`insert into public.symbols (symbol) values ('QQQ')`;
      for (const [symbol, target] of [
        ['BTC', '2026-07-12T00:00:00Z'],
        ['QQQ', '2026-07-13T20:00:00Z'],
      ] as const) {
        for (const time of ['2026-07-10', '2026-07-11'])
          await addBar(sql, { symbol, time, came: '2026-07-12' });
        const id = await addForecastOf(sql, { symbol, cutoff: '2026-07-10' });
        await sql`update public.forecasts set target_time = ${target} where id = ${id}`;
      }
      await sql`select internal.score_outcomes()`;
      expect(
        await sql`
          select f.symbol, (o.outcome_time at time zone 'UTC')::date::text as outcome, o.is_target_session
          from public.forecast_outcomes o join public.forecasts f on f.id = o.forecast_id order by 1`,
      ).toEqual([
        { symbol: 'BTC', outcome: '2026-07-11', is_target_session: true },
        { symbol: 'QQQ', outcome: '2026-07-11', is_target_session: false },
      ]);
    }),
  );

  it(
    'that was made by another calendar serves nobody any more, and is planned anew',
    rolledBack(async (sql) => {
      await addEnsemble(sql);
      await sql`select public.change_setting('window_sizes', '{"1D": {"train": 80, "validation": 20, "test": 20, "step": 20}}')`;
      // All but a Saturday, which is no session in New York.
      await addBars(sql, 'BTC', '2026-07-03', 140);
      await addBars(sql, 'BTC', '2026-07-10', 6);
      await addForecast(sql, 'BTC', '2026-07-10');
      const state = async () =>
        (
          await sql`
            select (select count(*)::integer from public.current_forecasts where symbol = 'BTC') as served,
              (select count(*)::integer from public.runs where kind = 'forecast' and status = 'queued') as planned,
              (select count(*)::integer from public.bar_gaps) as gaps`
        )[0];
      expect(await state()).toEqual({ served: 1, planned: 0, gaps: 0 });
      await sql`select public.set_calendar('BTC', '24/7', 'Ada')`;
      expect(await state()).toEqual({ served: 0, planned: 1, gaps: 1 });
      await sql`select public.set_calendar('BTC', '24/7', 'Ada')`;
      expect(await state()).toEqual({ served: 0, planned: 1, gaps: 1 });
    }),
  );
});

describe('a rollout', () => {
  const missing = (sql: Transaction, id: number, until: string) => sql`
    select symbol, session_date::text as session, state, deadline
    from internal.expected_forecasts(${id}, '2026-07-10T12:00:00Z', ${until})
    where ensemble = 'candidate' and state not in ('there', 'nothing_due') order by deadline, symbol`;

  it(
    'expects a forecast of Saturday from what trades on Saturday, and of nothing else',
    rolledBack(async (sql) => {
      await addSymbols(sql);
      await sql`update public.symbols set stage = 'canary' where symbol = any (${Object.keys(CALENDARS)})`;
      const { rollout_id: id } = await startRollout(sql, {
        symbols: ['BTC', 'N225', 'SPY'],
        since: '2026-07-10T06:00:00Z',
      });
      // Everybody's Friday: due at 08:15, 21:45 and 01:45 UTC.
      for (const symbol of ['BTC', 'N225', 'SPY']) {
        await addBar(sql, { symbol, time: '2026-07-10', came: '2026-07-10T06:40:00Z' });
        for (const ensemble of ['candidate', 'baseline'] as const)
          await addForecastOf(sql, {
            symbol,
            ensemble,
            cutoff: '2026-07-10',
            issued: '2026-07-10T07:00:00Z',
          });
      }
      expect(await missing(sql, id, '2026-07-11T12:00:00Z')).toEqual([]);
      const late = { symbol: 'BTC', session: '2026-07-11', deadline: new Date('2026-07-12T01:45:00Z') };
      expect(await missing(sql, id, '2026-07-12T01:44:00Z')).toEqual([]);
      expect(await missing(sql, id, '2026-07-12T12:00:00Z')).toEqual([{ ...late, state: 'bar_missing' }]);
      await addBar(sql, { symbol: 'BTC', time: '2026-07-11', came: '2026-07-12T00:10:00Z' });
      expect(await missing(sql, id, '2026-07-12T12:00:00Z')).toEqual([
        { ...late, state: 'forecast_missing' },
      ]);
      await addForecastOf(sql, { symbol: 'BTC', cutoff: '2026-07-11', issued: '2026-07-12T00:20:00Z' });
      expect(await missing(sql, id, '2026-07-12T12:00:00Z')).toEqual([]);
      // Monday comes first in Tokyo, where it is over before it begins in New York.
      expect(
        (await missing(sql, id, '2026-07-13T12:00:00Z')).map(({ symbol, session }) => `${symbol} ${session}`),
      ).toEqual(['BTC 2026-07-12', 'N225 2026-07-13']);
      // Half sessions are New York's.
      expect(
        await sql`select distinct horizon from internal.forecast_origins('2026-07-10', '2026-07-13') where calendar <> 'XNYS'`,
      ).toEqual([{ horizon: '1D' }]);
    }),
  );

  it(
    'counts the sessions without a bar by the symbol\u2019s calendar and others of it',
    rolledBack(async (sql) => {
      await addSymbols(sql);
      await sql`insert into public.symbols (symbol, calendar) values ('ETH', '24/7')`;
      await sql`update public.symbols set stage = 'canary' where symbol = 'BTC'`;
      await sql`select public.change_setting('symbol_ends_after_sessions', '5'), public.change_setting('automatic_rollback', 'false')`;
      await startRollout(sql, { symbols: ['BTC', 'SPY'], since: '2026-07-09T06:00:00Z' });
      await sql`update public.rollout_symbols set joined_at = '2026-07-09T06:00:00Z'`;
      // Both end on Thursday; Ether goes on over the weekend.
      for (const symbol of ['BTC', 'SPY'])
        await addBar(sql, { symbol, time: '2026-07-09', came: '2026-07-09' });
      for (const day of [10, 11, 12, 13])
        await addBar(sql, { symbol: 'ETH', time: `2026-07-${day}`, came: '2026-07-14' });
      const left = async () => {
        await sql`select internal.watch_rollout('2026-07-15T12:00:00Z')`;
        return (await events(sql, 'symbol_left')).map(({ reason }) => reason);
      };
      expect(await left()).toEqual([]);
      await addBar(sql, { symbol: 'ETH', time: '2026-07-14', came: '2026-07-15' });
      expect(await left()).toEqual(['BTC 1D: no bar in 5 sessions in which others had one']);
    }),
  );
});

describe('a slot of sessions', () => {
  const tick = async (sql: Transaction, slot: string, at: string) => {
    await sql`update public.schedule_slots set active_since = '2026-01-01'`;
    await sql`select internal.tick_slot(${slot}, ${at})`;
    const [row] = await sql`
      select status, reason, result from public.slot_runs where slot = ${slot} order by due_at desc limit 1`;
    return row!;
  };
  const SATURDAY = {
    divergence: '2026-07-11T11:00:00Z',
    ingest: '2026-07-11T20:30:00Z',
    forecast: '2026-07-12T00:45:00Z',
  };

  it(
    'runs on a Saturday for what trades on Saturday, and plans nothing of New York\u2019s',
    rolledBack(async (sql) => {
      await addEnsemble(sql);
      await addSymbols(sql);
      await sql`select public.change_setting('market_data', '{"provider": "alpaca", "feed": "iex", "adjustment": "all", "first_date": "2020-01-01"}')`;
      for (const symbol of ['BTC', 'SPY']) {
        const dates = await addBars(sql, symbol, '2026-07-11', 150);
        await addWindow(sql, symbol, dates, 0.1);
      }
      expect(await tick(sql, 'check_divergence', SATURDAY.divergence)).toMatchObject({
        status: 'done',
        result: { checks: 1 },
      });
      expect(
        await sql`select params -> 'symbols' as symbols from public.runs where kind = 'divergence_check'`,
      ).toEqual([{ symbols: ['BTC'] }]);
      expect(await tick(sql, 'ingest', SATURDAY.ingest)).toMatchObject({
        status: 'skipped',
        reason: 'Saturday',
      });
      expect(await tick(sql, 'forecast', SATURDAY.forecast)).toMatchObject({ status: 'done' });
      // A provider is asked for New York's symbols.
      const { result } = await tick(sql, 'ingest', '2026-07-13T20:30:00Z');
      expect(result.left_out.find(({ symbol }: { symbol: string }) => symbol === 'EURUSD').reason).toBe(
        'its calendar is weekdays, and alpaca is asked for New York\u0027s sessions only: upload its bars',
      );
    }),
  );

  it(
    'is skipped when no active symbol\u2019s calendar has a session, with the reason of each',
    rolledBack(async (sql) => {
      await addSymbols(sql);
      await sql`update public.symbols set active = false where symbol in ('BTC', 'EURUSD')`;
      expect(await tick(sql, 'forecast', SATURDAY.forecast)).toMatchObject({
        status: 'skipped',
        reason: 'Saturday',
      });
      await sql`select public.announce_closure('2026-07-14', 'Typhoon', 'closed', 'XTKS'), public.announce_closure('2026-07-14', 'Storm')`;
      expect(await tick(sql, 'forecast', '2026-07-15T00:45:00Z')).toMatchObject({ status: 'done' });
      await sql`select public.announce_closure('2026-07-15', 'Typhoon', 'closed', 'XTKS'), public.announce_closure('2026-07-15', 'Storm')`;
      await sql`select public.announce_closure('2026-07-15', 'Earthquake', 'closed', 'XNZE')`;
      expect(await tick(sql, 'forecast', '2026-07-16T00:45:00Z')).toMatchObject({
        ...{ status: 'skipped', reason: 'XNYS: Storm; XNZE: Earthquake; XTKS: Typhoon' },
      });
    }),
  );

  it(
    'goes on when an uploaded calendar has ended, which health says two months before',
    rolledBack(async (sql) => {
      const calendar = async () =>
        (
          await sql`select status, sentence, figures from public.vw_run_health where check_name = 'calendar'`
        )[0]!;
      await addSymbols(sql);
      expect(await calendar()).toMatchObject({
        status: 'ok',
        figures: { of: 'XNZE', known_until: '2030-12-31' },
      });
      await sql`select public.store_calendar('XTKS', 'Asia/Tokyo', '15:30', null, '2020-01-01', current_date + 59, '[]', 'Ada')`;
      expect(await calendar()).toMatchObject({
        ...{
          status: 'failing',
          figures: { of: 'XTKS' },
          sentence: expect.stringMatching(
            /^the trading calendar XTKS knows every session until .*, and is the first of 5 in use to end$/,
          ),
        },
      });
      await sql`select public.store_calendar('XTKS', 'Asia/Tokyo', '15:30', null, '2020-01-01', '2026-06-30', '[]', 'Ada')`;
      expect(await tick(sql, 'forecast', '2026-07-15T00:45:00Z')).toMatchObject({ status: 'done' });
    }),
  );
});

describe('on days on which New York is closed', () => {
  it(
    'what trades every day is due, and New York\u2019s symbols are not late',
    rolledBack(async (sql) => {
      await addEnsemble(sql);
      await addSymbols(sql);
      await sql`update public.symbols set active = symbol in ('BTC', 'SPY'), horizons = '{1D}'`;
      // New York closed for a week, whatever today is.
      await sql`delete from public.calendar_exceptions where session_date > current_date - 8 and session_date < current_date + 2`;
      await sql`
        select public.announce_closure(d::date, 'Storm') from generate_series(current_date - 7, current_date + 1, interval '1 day') d
        where extract(isodow from d) < 6`;
      const presence = () => sql`
        select symbol, session_date::text as session, state, calendar from public.vw_forecast_presence order by symbol`;
      const [{ spy, btc, before }] = await sql`
        select max(session_date) filter (where calendar = 'XNYS')::text as spy, max(session_date) filter (where calendar = '24/7')::text as btc,
          (max(session_date) filter (where calendar = '24/7') - 2)::text as before
        from public.vw_expected_cutoffs where horizon = '1D'`;
      const [{ days }] = await sql`select ${btc}::date - ${spy}::date as days`;
      expect(days).toBeGreaterThan(4);
      await addBars(sql, 'SPY', spy, 1);
      await addBars(sql, 'BTC', before, 1);
      await addForecastOf(sql, { symbol: 'SPY', cutoff: spy, hash: HASH });
      expect(await presence()).toEqual([
        { symbol: 'BTC', session: btc, state: 'bar_missing', calendar: '24/7' },
        { symbol: 'SPY', session: spy, state: 'there', calendar: 'XNYS' },
      ]);
      const health = async (name: string) =>
        (
          await sql`select sentence from public.vw_run_health where check_name = ${name} and subject = '1D'`
        )[0]!.sentence;
      expect(await health('bars')).toBe(
        `1 of 2 symbols lack the session of ${spy}, ${btc}; BTC is 2 sessions behind`,
      );
      expect(await health('forecasts')).toBe(
        `1 of 2 forecasts of the session of ${spy}, ${btc} are there; missing: BTC candidate (bar_missing)`,
      );
      await addBars(sql, 'BTC', btc, 1);
      await addForecastOf(sql, { symbol: 'BTC', cutoff: btc, hash: HASH });
      expect((await presence()).map(({ state }) => state)).toEqual(['there', 'there']);
      expect(await health('bars')).toBe(`all 2 symbols have the session of ${spy}, ${btc}`);
    }),
  );
});
