import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBarFiles } from '../../src/cli/bar-files.ts';
import { type MainJobReport, runMainJob } from '../../src/cli/main-job.ts';
import { NEW_YORK } from '../../src/shared/calendars/built-in-calendars.ts';
import { isHalfDay, nextSession } from '../../src/shared/calendars/sessions.ts';
import { eightHourSeries } from '../../src/shared/series/eight-hour-bars.ts';
import { halfSessions, nextHalfSession } from '../../src/shared/series/half-sessions.ts';
import { type Series, sliceSeries } from '../../src/shared/series/series.ts';
import { readSeries } from '../../src/shared/store/read-series.ts';
import { unwrap } from '../../src/shared/store/unwrap.ts';
import { csvOf, simulatedHalfSessions } from '../shared/models/half-session/simulated-half-sessions.ts';
import { callAs, ownerSql, sampleCsv, serviceClient, stackAccess, upload } from './support/stack-clients.ts';

const SYMBOL = 'HALVES';
const directory = mkdtempSync(join(tmpdir(), 'plumbline-halves-'));
let sql: postgres.Sql;

beforeAll(() => {
  sql = ownerSql();
});
afterAll(async () => {
  rmSync(directory, { recursive: true });
  // Other tests plan too, and count what they planned.
  await sql`update public.symbols set active = false where symbol = any (${[SYMBOL, 'HALFDAY', 'RESTATED', 'DAILY']})`;
  await sql.end();
});

const uploadHalves = (symbol: string, series: Series, more = '') =>
  callAs('secret', `ingest-bars?symbol=${symbol}&timeframe=4h${more}`, {
    body: csvOf(series),
    contentType: 'text/csv',
  });

/** Plans what is due, looks at it, and takes it back: nothing of it is to be worked on while other tests run. */
async function planAndRollBack(look: (transaction: postgres.TransactionSql) => Promise<void>): Promise<void> {
  const rolledBack = new Error('rolled back');
  const plan = sql.begin(async (transaction) => {
    await transaction`select public.plan_work()`;
    await look(transaction);
    throw rolledBack;
  });
  await expect(plan).rejects.toBe(rolledBack);
}

/** The instant as PostgREST writes it. */
const stored = (instant: string) => instant.replace('Z', '+00:00');

describe('half-session bars', () => {
  // One window of eight hours is 625 bars; the last of 1,254 half sessions is a first half.
  const series = simulatedHalfSessions(5, 1254);
  const eight = eightHourSeries(series);
  let report: MainJobReport;

  beforeAll(async () => {
    writeFileSync(join(directory, `${SYMBOL}_4hs.csv`), csvOf(series));
    const files = findBarFiles(directory, [SYMBOL], '4h');
    report = await runMainJob(
      stackAccess(),
      [
        { horizon: '4h', files },
        { horizon: '8h', files },
      ],
      { windows: 1, say: () => {} },
    );
  });

  it('give forecasts over 4h and 8h from their last bars to the ends of their horizons', () => {
    const last = series.times.at(-1)!;
    const lastEight = eight.times.at(-1)!;
    const tomorrow = halfSessions(nextSession(lastEight.slice(0, 10), NEW_YORK))[0];
    expect(
      report.forecasts.map(({ horizon, data_cutoff, target_time, last_close }) => [
        horizon,
        data_cutoff,
        target_time,
        last_close,
      ]),
    ).toEqual([
      ['4h', stored(last), stored(nextHalfSession(last, NEW_YORK).end), series.close.at(-1)],
      ['8h', stored(lastEight), stored(tomorrow.end), eight.close.at(-1)],
    ]);
  });

  it('give a validated window each, of its own sizes', () => {
    expect(
      report.windows.map((row) => [
        row.horizon,
        row.window_id,
        row.n_val_samples,
        row.n_test_samples,
        row.n_train_samples,
      ]),
    ).toEqual([
      ['4h', series.times.length - 1, 125, 125, 500],
      ['8h', eight.times.length - 1, 125, 125, 375],
    ]);
    for (const tests of report.overfitting_tests) expect(tests.implausible_skill).toBe(false);
  });

  it('forecast the two halves as differently as they move', async () => {
    const answer = await callAs('secret', 'forecast', {
      body: JSON.stringify({ symbols: [SYMBOL], horizon: '4h' }),
    });
    expect(answer.status).toBe(200);
    const before = report.forecasts[0].scale;
    const position = nextHalfSession(series.times.at(-1)!, NEW_YORK).position;
    // One half session more, forecast with the artifact that is there.
    const longer = simulatedHalfSessions(5, 1255);
    await uploadHalves(SYMBOL, longer);
    const { body, status } = await callAs('secret', 'forecast', {
      body: JSON.stringify({ symbols: [SYMBOL], horizon: '4h' }),
    });
    expect(status).toBe(200);
    const [{ scale }] = (body as unknown as { forecasts: { scale: number }[] }).forecasts;
    const ratio = position === 'second' ? scale / before : before / scale;
    expect(ratio).toBeGreaterThan(1.7);
    expect(ratio).toBeLessThan(3.6);
  });

  it('are stored with the bars of eight hours that the core makes of them', async () => {
    const client = serviceClient();
    const all = simulatedHalfSessions(5, 1255);
    expect(await readSeries(client, SYMBOL, '8h', 0, 2000)).toEqual({
      ...eightHourSeries({ ...all, symbol: SYMBOL }),
    });
  });

  it('bring their symbol its horizons, and daily bars none but 1D', async () => {
    await upload('DAILY', sampleCsv(5));
    const horizons = unwrap(
      await serviceClient()
        .from('symbols')
        .select('symbol, horizons')
        .in('symbol', [SYMBOL, 'DAILY'])
        .order('symbol'),
    );
    expect(horizons).toEqual([
      { symbol: 'DAILY', horizons: ['1D'] },
      { symbol: SYMBOL, horizons: ['1D', '4h', '8h'] },
    ]);
  });

  it('are planned once, and a horizon without bars never', async () => {
    await planAndRollBack(async (transaction) => {
      const runs = () => transaction`
        select params ->> 'horizon' as horizon from public.runs
        where params @> ${transaction.json({ symbols: [SYMBOL] })} order by created_at`;
      const before = await runs();
      await transaction`select public.plan_work()`;
      expect(await runs()).toEqual(before);
      expect(before.map(({ horizon }) => horizon)).toEqual(expect.arrayContaining(['4h', '8h']));
      expect(before.map(({ horizon }) => horizon)).not.toContain('1D');
    });
  });
});

describe('bars of eight hours', () => {
  const rows = () => sql`
    select b.bar_time, b.close, b.ingested_at from public.bars b join public.symbols s on s.id = b.symbol_id
    where s.symbol = 'RESTATED' and b.timeframe = '8h' order by 1`;

  it('change with the half sessions that they are made of, and only they', async () => {
    const series = simulatedHalfSessions(6, 21);
    await uploadHalves('RESTATED', series);
    const before = await rows();
    expect(before).toHaveLength(eightHourSeries(series).times.length);

    const again = await uploadHalves('RESTATED', series);
    expect(again.body).toMatchObject({ inserted: 0, changed: 0, derived: { stored: before.length } });
    expect(await rows()).toEqual(before);

    // The close of a first half: the bar of eight hours that ends with it.
    const at = series.times.indexOf(eightHourSeries(series).times[3]);
    series.close[at] = (series.close[at] + series.low[at]) / 2;
    expect((await uploadHalves('RESTATED', series)).body).toMatchObject({ changed: 1 });
    const after = await rows();
    expect(after.filter((row, i) => row.ingested_at > before[i].ingested_at).map((row) => row.close)).toEqual(
      [series.close[at]],
    );

    // A history that lacks a first half has a bar of eight hours less.
    const keep = series.times.map((_, i) => i).filter((i) => i !== at);
    const pick = (column: Float64Array) => Float64Array.from(keep, (i) => column[i]);
    const shorter: Series = {
      ...series,
      times: keep.map((i) => series.times[i]),
      ...{ open: pick(series.open), high: pick(series.high), low: pick(series.low) },
      ...{ close: pick(series.close).map((price, i) => (i === 0 ? pick(series.low)[0] : price)) },
      volume: pick(series.volume),
    };
    expect((await uploadHalves('RESTATED', shorter)).body.code).toBe('restated_history');
    expect(await rows()).toEqual(after);
    expect((await uploadHalves('RESTATED', shorter, '&replace=true')).body).toMatchObject({ deleted: 1 });
    expect(await rows()).toHaveLength(before.length - 1);
  });

  it('are not taken from outside', async () => {
    const bars = [['2024-06-03T13:30:00Z', 1, 1, 1, 1, 1]];
    const ingest = (timeframe: string, rows: (string | number)[][]) =>
      serviceClient().rpc('ingest_bars', {
        ...{ p_symbol: 'OUTSIDE', p_timeframe: timeframe, p_provider: 'csv', p_feed: 'file' },
        ...{ p_adjustment: 'all', p_bars: rows },
      });
    expect((await ingest('8h', bars)).error).toMatchObject({ details: 'derived_timeframe' });
    const clock = await ingest('4h', [['2024-06-03T16:00:00Z', 1, 1, 1, 1, 1]]);
    expect(clock.error?.message).toContain('bars_half_sessions_start_with_one');
  });
});

describe('a half day', () => {
  const long = simulatedHalfSessions(7, 1260);
  const series = sliceSeries(
    long,
    0,
    long.times.findLastIndex((time) => isHalfDay(time.slice(0, 10), NEW_YORK)) + 1,
  );

  it('is known to the database as to the core, in every session of 17 years', async () => {
    const dates: string[] = [];
    for (let date = '2013-01-02'; date < '2030-01-01'; date = nextSession(date, NEW_YORK)) dates.push(date);
    const found =
      await sql`select d::text as date from unnest(${dates}::date[]) d where internal.is_half_day(d)`;
    expect(found.map(({ date }) => date)).toEqual(dates.filter((date) => isHalfDay(date, NEW_YORK)));
  });

  it('is no place to issue a forecast over 8h from: not asked for, and not planned', async () => {
    expect(eightHourSeries(series).times.length).toBeGreaterThan(500);
    await uploadHalves('HALFDAY', series);
    const { status, body } = await callAs('secret', 'forecast', {
      body: JSON.stringify({ symbols: ['HALFDAY'], horizon: '8h' }),
    });
    expect([status, body.code]).toEqual([422, 'no_eight_hours_ahead']);

    await planAndRollBack(async (transaction) => {
      const runs = await transaction`
        select params ->> 'horizon' as horizon from public.runs
        where kind = 'forecast' and params @> '{"symbols": ["HALFDAY"]}'`;
      expect(runs.map(({ horizon }) => horizon)).toEqual(['4h']);
    });
  });

  it('ends a main job over 8h with its windows and without a forecast, and says why', async () => {
    writeFileSync(join(directory, 'HALFDAY_4hs.csv'), csvOf(series));
    const said: string[] = [];
    const { forecasts, windows } = await runMainJob(
      stackAccess(),
      [{ horizon: '8h', files: findBarFiles(directory, ['HALFDAY'], '4h') }],
      { windows: 1, say: (line) => said.push(line) },
    );
    expect(forecasts).toEqual([]);
    expect(windows).toMatchObject([{ symbol: 'HALFDAY', horizon: '8h' }]);
    expect(said).toContain(
      'HALFDAY: no forecast over 8h from the close of 2023-07-03, a half day: it is the one over 1D',
    );
  });
});
