import { readFileSync } from 'node:fs';
import type postgres from 'postgres';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { NEW_YORK } from '../../src/shared/calendars/built-in-calendars.ts';
import { nextSession, sessionClose } from '../../src/shared/calendars/sessions.ts';
import { parseProviderEnvironment } from '../../src/shared/contracts/environment.ts';
import { createProvider } from '../../src/shared/market-data/create-provider.ts';
import { ingestSeries } from '../../src/shared/market-data/ingest-series.ts';
import { DEFAULT_REQUEST_LIMITS } from '../../src/shared/market-data/provider-client.ts';
import { readBarRules } from '../../src/shared/store/read-bar-rules.ts';
import { readIngestionState } from '../../src/shared/store/read-ingestion-state.ts';
import { readStoredBars } from '../../src/shared/store/read-stored-bars.ts';
import { SupabaseJobQueue } from '../../src/shared/store/supabase-job-queue.ts';
import { unwrap } from '../../src/shared/store/unwrap.ts';
import { providerHost } from '../../supabase/functions/_shared/provider-host.ts';
import { dailyBars, halfHourBars } from '../shared/market-data/plain-bars.ts';
import { stack } from '../support/own-stack.ts';
import {
  alpacaPage,
  cboeFile,
  json,
  type PlainBar,
  type ProviderAnswer,
  text,
  tiingoPrices,
} from '../support/provider-server.ts';
import { callAs, eventually, ownerSql, sampleCsv, serviceClient, upload } from './support/stack-clients.ts';

const ALPACA = { provider: 'alpaca', feed: 'iex', adjustment: 'all' };
const { provider, providerKeys, logFile, cronKey } = stack;
const service = serviceClient();
let sql: postgres.Sql;
let symbol = '';
let count = 0;

/** Sessions whose bars count as finished at Alpaca: one more would be left out, one less would be a gap. */
const SESSIONS = 40;
const BARS = dailyBars(sessionsBack(SESSIONS), SESSIONS);

function sessionsBack(sessions: number): string {
  const over = Date.now() - 20 * 60_000;
  let date = new Date(over - (sessions + 40) * 2 * 86_400_000).toISOString().slice(0, 10);
  const dates: string[] = [];
  for (
    date = nextSession(date, NEW_YORK);
    Date.parse(sessionClose(date, NEW_YORK)) <= over;
    date = nextSession(date, NEW_YORK)
  )
    dates.push(date);
  return dates.at(-sessions)!;
}

beforeAll(async () => {
  sql = ownerSql();
  await sql`update public.symbols set active = false where active`;
});
afterAll(() => sql.end());
beforeEach(async () => {
  // These tests are the workers.
  await set('max_workers', 0);
  await set('market_data', ALPACA);
  symbol = `ING${++count}`;
  await sql`insert into public.symbols (symbol) values (${symbol})`;
});
afterEach(async () => {
  await sql`update public.symbols set active = false where symbol = ${symbol}`;
  await set('market_data', { provider: 'csv' });
  await set('largest_move', { default: 3 });
});

async function set(name: string, value: unknown) {
  return unwrap(await service.rpc('change_setting', { p_name: name, p_value: value as never }));
}
/** Lets the function work on one job, and says what became of it. */
async function work(): Promise<Record<string, unknown>> {
  const { status, body } = await callAs({ apikey: cronKey }, 'ingest-bars', { body: '{}' });
  if (status === 200) return body;
  expect({ status, body }).toMatchObject({ status: 202, body: { outcome: 'accepted' } });
  const { job: id, run } = body;
  const ended = async () => {
    const [job] = await sql`
      select status, error_code as code from public.jobs where id = ${id} and run_id = ${run} and status <> 'running'`;
    return job && { outcome: job.status === 'queued' ? 'retried' : job.status, job: id, code: job.code };
  };
  return await eventually(ended, 60_000, 20);
}
const plan = async (key: string) =>
  unwrap(await service.rpc('plan_ingestion', { p_key: key })) as Record<string, unknown>;
const runOf = async (key: string) =>
  (
    await sql`select * from public.runs where idempotency_key = ${`ingestion:${key}`} order by created_at desc limit 1`
  )[0];
const jobOf = async (key: string) =>
  (await sql`select * from public.jobs where run_id = ${(await runOf(key)).id} order by id`)[0];
const stored = async (timeframe = '1D') =>
  (
    await sql`
      select b.close, b.provider, b.feed, b.adjustment, to_char(b.bar_time, 'YYYY-MM-DD') as date from public.bars b
      join public.symbols s on s.id = b.symbol_id where s.symbol = ${symbol} and b.timeframe = ${timeframe} order by b.bar_time`
  ).map((row) => ({ ...row })) as {
    close: number;
    provider: string;
    feed: string;
    adjustment: string;
    date: string;
  }[];
const page = (bars: readonly PlainBar[]) => json(alpacaPage(symbol, bars));
const scaled = (bar: PlainBar, factor: number): PlainBar => ({
  ...{ time: bar.time, volume: bar.volume, open: bar.open * factor, high: bar.high * factor },
  ...{ low: bar.low * factor, close: bar.close * factor },
});

/** Plans under a key and does the one job. */
async function ingest(key: string, ...answers: ProviderAnswer[]) {
  provider.answerWith(...answers);
  expect(await plan(key)).toMatchObject({ planned: 1, reason: null });
  return await work();
}

describe('planning an ingestion', () => {
  it('with uploads for a provider plans nothing and says so', async () => {
    await set('market_data', { provider: 'csv' });
    expect(await plan('csv')).toEqual({
      planned: 0,
      run_id: null,
      left_out: [],
      reason: expect.stringContaining('csv'),
    });
  });

  it('is done once a key, for every active symbol and timeframe, but for those that were uploaded', async () => {
    await sql`update public.symbols set horizons = '{1D,4h,8h}' where symbol = ${symbol}`;
    await upload('INGCSV', sampleCsv(3));
    const planned = await plan('once');
    expect(planned).toMatchObject({
      planned: 2,
      reason: null,
      left_out: [{ symbol: 'INGCSV', timeframe: '1D', reason: expect.stringContaining('csv') }],
    });
    const jobs =
      await sql`select payload, status from public.jobs where run_id = ${planned.run_id as string} order by id`;
    expect(jobs.map(({ payload }) => payload)).toEqual([
      { symbol, timeframe: '1D', source: { ...ALPACA }, first_date: null },
      { symbol, timeframe: '4h', source: { ...ALPACA }, first_date: null },
    ]);
    expect(await plan('once')).toMatchObject({ planned: 0, reason: expect.stringContaining('already') });
    await set('market_data', { provider: 'tiingo', adjustment: 'raw' });
    expect(await plan('daily')).toMatchObject({
      planned: 1,
      left_out: expect.arrayContaining([expect.objectContaining({ symbol, timeframe: '4h' })]),
    });
    await sql`delete from public.runs where kind = 'ingestion' and status = 'queued'`;
    await sql`update public.symbols set active = false where symbol = 'INGCSV'`;
  });

  it.each([
    ['market_data', { provider: 'yahoo' }],
    ['market_data', { provider: 'alpaca' }],
    ['market_data', { ...ALPACA, feed: 'otc' }],
    ['market_data', { ...ALPACA, key: 'x' }],
    ['market_data', { ...ALPACA, first_date: '2024-02-30' }],
    ['market_data', { provider: 'tiingo', adjustment: 'split' }],
    ['market_data', 'alpaca'],
    ['market_data', {}],
    ['largest_move', 3],
    ['largest_move', {}],
    ['largest_move', { default: 1 }],
    ['largest_move', { default: '3' }],
    ['largest_move', { default: 3, aapl: 4 }],
    ['largest_move', { default: 3, AAPL: 0.5 }],
  ])('refuses %s as %j', async (name, value) => {
    const { error } = await service.rpc('change_setting', { p_name: name, p_value: value as never });
    expect(error?.details).toBe('invalid_setting');
  });

  it('wants a key', async () => {
    expect((await service.rpc('plan_ingestion', { p_key: '' })).error?.details).toBe('missing_key');
  });
});

describe('an ingestion', () => {
  it('runs from the plan to the bars by the workers that the database asks for', async () => {
    provider.answerWith(page(BARS));
    await set('max_workers', 2);
    const { run_id: id } = await plan('by itself');
    // As cron does every minute.
    unwrap(await service.rpc('dispatch_workers'));
    const run = await eventually(async () => {
      const [row] = await sql`select * from public.runs where id = ${id as string}`;
      return row.finished_at === null ? undefined : row;
    });
    expect(run).toMatchObject({ kind: 'ingestion', status: 'succeeded', ensemble: null, jobs_done: 1 });
    const bars = await stored();
    expect(bars.map(({ date, close }) => [date, close])).toEqual(
      BARS.map(({ time, close }) => [time, close]),
    );
    expect(bars[0]).toMatchObject({ provider: 'alpaca', feed: 'iex', adjustment: 'all' });
    expect((await jobOf('by itself')).result).toMatchObject({
      inserted: 40,
      changed: 0,
      gaps: 0,
      requests: 1,
    });
  });

  it('adds what is new, and replaces the series whole when history was restated', async () => {
    await ingest('first', page(BARS.slice(0, 38)));
    expect(await ingest('second', page(BARS.slice(28)))).toMatchObject({ outcome: 'succeeded' });
    expect((await jobOf('second')).result).toMatchObject({
      inserted: 2,
      changed: 0,
      whole: false,
      requests: 1,
    });
    expect(provider.asked[0]).toContain(`start=${BARS[28].time}T00`);

    const split = BARS.map((bar) => scaled(bar, 0.25));
    expect(await ingest('split', page(split.slice(30)), page(split))).toMatchObject({ outcome: 'succeeded' });
    expect((await jobOf('split')).result).toMatchObject({
      inserted: 0,
      changed: 40,
      whole: true,
      requests: 2,
    });
    expect((await stored()).map(({ close }) => close)).toEqual(split.map(({ close }) => close));
  });

  it('destroys no stored bar that the restated series lacks', async () => {
    await ingest('before', page(BARS));
    const before = await stored();
    const restated = BARS.map((bar) => scaled(bar, 0.5));
    const outcome = await ingest('lacking', page(restated.slice(30)), page(restated.slice(5)));
    expect(outcome).toMatchObject({ outcome: 'dead', code: 'restated_history' });
    expect((await runOf('lacking')).error_message).toMatch(
      new RegExp(`lacks 5 of 40 stored bars \\(${BARS[0].time}, `),
    );
    expect(await stored()).toEqual(before);
  });

  it('stores gaps beside the bars and fills none in; one that closes is gone', async () => {
    const gaps = async () =>
      (
        await sql`
        select to_char(g.bar_time, 'YYYY-MM-DD') as date, g.reason from public.bar_gaps g
        join public.symbols s on s.id = g.symbol_id where s.symbol = ${symbol} order by 1`
      ).map((row) => ({ ...row }));
    await ingest('gaps', page(BARS.filter((_, i) => i !== 4 && i !== 36)));
    expect(await stored()).toHaveLength(38);
    expect(await gaps()).toEqual([
      { date: BARS[4].time, reason: 'missing' },
      { date: BARS[36].time, reason: 'missing' },
    ]);
    await ingest('late', page(BARS.slice(29)));
    expect(await stored()).toHaveLength(39);
    expect(await gaps()).toEqual([{ date: BARS[4].time, reason: 'missing' }]);
  });

  it('composes half sessions, and those of eight hours follow', async () => {
    await sql`update public.symbols set horizons = '{4h}' where symbol = ${symbol}`;
    const halfHours = halfHourBars(BARS[30].time, 10).filter(
      ({ time }) => !time.startsWith(`${BARS[33].time}T17`),
    );
    await ingest('halves', page(halfHours));
    const halves = await stored('4h');
    // Of the sessions that were given: while one goes on in New York, its first half is a gap too.
    const gaps = await sql`
      select g.reason from public.bar_gaps g join public.symbols s on s.id = g.symbol_id
      where s.symbol = ${symbol} and g.timeframe = '4h' and g.bar_time < ${BARS.at(-1)!.time}::date + 1`;
    expect(halves.length + gaps.length).toBe(
      (
        await sql`
      select count(*)::int as n from unnest(${BARS.slice(30).map(({ time }) => time)}::date[]) d
      cross join lateral generate_series(1, case when internal.is_half_day(d) then 1 else 2 end)`
      )[0].n,
    );
    expect(new Set(gaps.map(({ reason }) => reason))).toEqual(new Set(['incomplete']));
    expect((await stored('8h')).length).toBeGreaterThan(5);
  });

  it('never mixes sources, until the old series is forgotten', async () => {
    await ingest('iex', page(BARS));
    await set('market_data', { ...ALPACA, feed: 'sip' });
    expect(await ingest('sip', page(BARS))).toMatchObject({ outcome: 'dead', code: 'mixed_sources' });
    expect(provider.asked).toEqual([]);
    expect((await stored())[0].feed).toBe('iex');
    expect(unwrap(await service.rpc('forget_series', { p_symbol: symbol, p_timeframe: '1D' }))).toBe(40);
    await set('market_data', { provider: 'tiingo', adjustment: 'all' });
    expect(await ingest('tiingo', json(tiingoPrices(BARS)))).toMatchObject({ outcome: 'succeeded' });
    // Not the last one, which at Tiingo does not count as finished for another hour.
    expect((await stored())[38]).toMatchObject({ provider: 'tiingo', feed: 'eod', close: BARS[38].close });
  });

  it('whose lease was lost stores nothing', async () => {
    await plan('lost');
    const queue = new SupabaseJobQueue(service);
    const held = (await queue.claim(['ingest']))!;
    await sql`update public.jobs set lease_until = now() - interval '1 second' where id = ${held.id}`;
    provider.answerWith(page(BARS.slice(0, 20)));
    expect(await work()).toMatchObject({ outcome: 'succeeded', job: held.id });
    const late = queue.complete(held, { from: BARS[0].time, whole: true, requests: 1, bars: [], gaps: [] });
    await expect(late).rejects.toMatchObject({ code: 'lease_lost' });
    expect(await stored()).toHaveLength(20);
  });

  it('is idle without a job, and not for everybody', async () => {
    expect(await work()).toEqual({ outcome: 'idle' });
    expect((await callAs({}, 'ingest-bars', { body: '{}' })).status).toBe(401);
  });
});

describe('a covariate', () => {
  /** The session before the last one has a low that no index had. */
  const odd = BARS.map((bar, i) => (i === SESSIONS - 2 ? { ...bar, low: bar.low / 6 } : bar));
  const csv = (bars: readonly PlainBar[]) =>
    [
      'date,open,high,low,close',
      ...bars.map((bar) => [bar.time, bar.open, bar.high, bar.low, bar.close].join()),
    ].join('\n');
  const columns = async (name: string) =>
    (
      await sql`
        select distinct b.open = b.close and b.high = b.close and b.low = b.close as same, b.provider from public.bars b
        join public.symbols s on s.id = b.symbol_id where s.symbol = ${name}`
    ).map((row) => ({ ...row }));
  const send = (name: string, more: string, bars = odd) =>
    callAs('secret', `ingest-bars?symbol=${name}${more}`, { body: csv(bars), contentType: 'text/csv' });

  it('that is uploaded to be read by its level is stored by its closes, and not forecast', async () => {
    expect(await send('COVUP', '')).toMatchObject({ status: 422, body: { code: 'implausible_price' } });
    expect(await send('COVUP', '&covariate=level&timeframe=4h')).toMatchObject({ status: 400 });
    expect(await send('COVUP', '&covariate=level')).toMatchObject({
      status: 200,
      body: { stored: 40, read_as: 'plain CSV, no volume, closes only' },
    });
    expect(await columns('COVUP')).toEqual([{ same: true, provider: 'csv' }]);
    const [row] = await sql`select active, covariate from public.symbols where symbol = 'COVUP'`;
    expect({ ...row }).toEqual({ active: false, covariate: 'level' });
    // From then on the symbol says it.
    expect(await send('COVUP', '')).toMatchObject({ status: 200, body: { changed: 0 } });
    expect(await send('COVUP', '&covariate=range', BARS)).toMatchObject({
      status: 409,
      body: { code: 'covariate_differs' },
    });
  });

  it('comes from Cboe by its closes where an ensemble names it', async () => {
    await set('market_data', { provider: 'csv' });
    await set('covariate_sources', { COVX: { provider: 'cboe' } });
    await sql`
      insert into public.configurations (config_hash, configuration)
      values ('c0c0c0c0c0c0c0c0', '{"covariates": [{"symbol": "COVX", "measure": "level"}]}') on conflict do nothing`;
    const [before] = await sql`select config_hash from public.ensembles where ensemble = 'candidate'`;
    await sql`
      insert into public.ensembles (ensemble, config_hash) values ('candidate', 'c0c0c0c0c0c0c0c0')
      on conflict (ensemble) do update set config_hash = excluded.config_hash`;
    try {
      unwrap(await service.rpc('register_covariate', { p_symbol: 'COVX', p_measure: 'level' }));
      expect(await ingest('cboe', cboeFile(odd))).toMatchObject({ outcome: 'succeeded' });
      expect(provider.asked).toEqual(['/api/global/us_indices/daily_prices/COVX_History.csv']);
      expect(await columns('COVX')).toEqual([{ same: true, provider: 'cboe' }]);
      // The same again, of which only the end is compared.
      expect(await ingest('cboe again', cboeFile(odd))).toMatchObject({ outcome: 'succeeded' });
      expect((await jobOf('cboe again')).result).toMatchObject({ inserted: 0, changed: 0, whole: false });
    } finally {
      await set('covariate_sources', {});
      if (before === undefined) await sql`delete from public.ensembles where ensemble = 'candidate'`;
      else
        await sql`update public.ensembles set config_hash = ${before.config_hash} where ensemble = 'candidate'`;
    }
  });
});

describe('a faulty provider', () => {
  const off = (place: number, factor: number) =>
    BARS.map((bar, i) => (i === place ? scaled(bar, factor) : bar));

  it.each<[string, () => ProviderAnswer, string, string]>([
    ['NaN', () => page(off(7, Number.NaN)), 'provider_bad_answer', 'a price is a number above 0'],
    ['a negative price', () => page(off(7, -1)), 'provider_bad_answer', 'a price is a number above 0'],
    [
      'another symbol',
      () => json(alpacaPage('WRONG', BARS)),
      'provider_bad_answer',
      '"WRONG" when asked about',
    ],
    [
      'an empty answer',
      () => json({ bars: null, symbol, next_page_token: null }),
      'provider_no_bars',
      'has no finished 1D bars',
    ],
    [
      'the same page for ever',
      () => json(alpacaPage(symbol, BARS, 'x')),
      'provider_bad_answer',
      'it comes after',
    ],
    [
      'a redirect',
      () => text('', 302, { location: 'http://127.0.0.1:1/' }),
      'provider_bad_answer',
      'redirects',
    ],
    ['401', () => text('{"message":"forbidden."}', 401), 'provider_unauthorised', 'status 401'],
    ['404', () => text('{"message":"not found"}', 404), 'provider_unknown_symbol', 'status 404'],
    ['a price off by ten', () => page(off(20, 10)), 'implausible_price', 'a price off by a factor of 10'],
  ])('with %s: nothing is stored, and the run says why', async (name, answer, code, message) => {
    expect(await ingest(name, answer())).toMatchObject({ outcome: 'dead', code });
    expect(await stored()).toEqual([]);
    const run = await runOf(name);
    expect(run).toMatchObject({ status: 'failed', error_code: code });
    expect(run.error_message).toContain(message);
    expect(run.error_message).toContain(`${symbol} 1D`);
  });

  it.each<[string, ProviderAnswer, string]>([
    ['500', text('oops', 500), 'provider_unavailable'],
    ['HTML with status 200', text('<html>', 200, { 'content-type': 'text/html' }), 'provider_bad_answer'],
  ])(
    'with %s for ever is asked again, then left to the queue, and dead in the end',
    async (name, answer, code) => {
      expect(await ingest(name, answer)).toMatchObject({ outcome: 'retried', code });
      expect(provider.asked).toHaveLength(4);
      expect(await jobOf(name)).toMatchObject({ status: 'queued', attempts: 1, error_code: code });
      await sql`update public.jobs set run_after = now(), max_attempts = 2 where id = ${(await jobOf(name)).id}`;
      expect(await work()).toMatchObject({ outcome: 'dead', code });
      expect(await runOf(name)).toMatchObject({ status: 'failed', error_code: code });
      expect(await stored()).toEqual([]);
    },
  );

  it('that asks to wait longer than a job has is left to the queue at once', async () => {
    const limited = json({ message: 'too many requests.' }, 429, { 'retry-after': '600' });
    expect(await ingest('429', limited)).toMatchObject({ outcome: 'retried', code: 'provider_rate_limited' });
    expect(provider.asked).toHaveLength(1);
    expect((await jobOf('429')).error_message).toContain('asks to wait 600 s');
    await sql`update public.jobs set run_after = now() where id = ${(await jobOf('429')).id}`;
    provider.answerWith(json({ message: 'too many requests.' }, 429, { 'retry-after': '1' }), page(BARS));
    expect(await work()).toMatchObject({ outcome: 'succeeded' });
    expect(await stored()).toHaveLength(40);
    expect((await runOf('429')).status).toBe('succeeded');
  });

  it('that was right after all is believed once the setting allows the move', async () => {
    expect(await ingest('doubted', page(off(39, 4)))).toMatchObject({ code: 'implausible_price' });
    await set('largest_move', { default: 3, [symbol]: 5 });
    expect(await ingest('believed', page(off(39, 4)))).toMatchObject({ outcome: 'succeeded' });
    expect(await stored()).toHaveLength(40);
  });

  it('that repeats the keys finds them in no row and no line of the log', async () => {
    const echo: ProviderAnswer = (request, response) =>
      response.writeHead(418, { 'content-type': 'application/json' }).end(JSON.stringify(request.headers));
    await ingest('echo', echo);
    expect((await runOf('echo')).error_message).toContain('[key]');
    const tables = await sql`
      select c.oid::regclass::text as name from pg_class c
      where c.relkind in ('r', 'm') and c.relnamespace::regnamespace::text not in ('pg_catalog', 'information_schema')`;
    const keys = Object.values(providerKeys);
    for (const { name } of tables) {
      for (const key of keys) {
        const found =
          await sql`select 1 from ${sql.unsafe(name)} t where strpos(t::text, ${key}) > 0 limit 1`;
        expect([name, found.length]).toEqual([name, 0]);
      }
    }
    const log = readFileSync(logFile, 'utf8');
    expect(log).toContain('"event":"ingest"');
    for (const key of keys) expect(log).not.toContain(key);
  });
});

describe('a provider that is too slow for one attempt', () => {
  const PAGE = 10;
  /** Milliseconds: of four pages that are asked for one after the other an attempt has time for two or three. */
  const SLOW = 120;
  const PATIENCE = 450;
  const limits = { ...DEFAULT_REQUEST_LIMITS, total: PATIENCE, tries: 1 };

  /** Ten bars a page from the date that is asked for, each after a while. */
  const slowly =
    (bars: () => readonly PlainBar[]): ProviderAnswer =>
    (request, response) => {
      const { searchParams } = new URL(request.url!, 'http://127.0.0.1');
      const begin = Number(searchParams.get('page_token') ?? 0);
      const wanted = bars().filter(({ time }) => time >= searchParams.get('start')!.slice(0, 10));
      const end = begin + PAGE;
      const answer = json(
        alpacaPage(symbol, wanted.slice(begin, end), end < wanted.length ? String(end) : null),
      );
      setTimeout(() => answer(request, response), SLOW);
    };

  async function attempt() {
    await sql`update public.jobs set run_after = now() where status = 'queued' and kind = 'ingest'`;
    const queue = new SupabaseJobQueue(service);
    const job = (await queue.claim(['ingest']))!;
    const environment = parseProviderEnvironment(
      (name) => ({ ...providerKeys, ALPACA_BASE_URL: provider.url })[name],
    );
    return await ingestSeries(job, {
      queue,
      ingestionState: (...subject) => readIngestionState(service, ...subject),
      barRules: (symbol) => readBarRules(service, symbol),
      storedBars: async (...around) => (await readStoredBars(service, ...around)).bars,
      provider: (source, subject) =>
        createProvider(source, { environment, host: providerHost, subject, limits }),
      now: () => new Date().toISOString(),
    });
  }

  it('is done in the end: finished pages are kept, and half a history is never stored', async () => {
    provider.answerWith(slowly(() => BARS));
    await plan('slow');
    const outcomes: string[] = [];
    while (outcomes.at(-1) !== 'succeeded' && outcomes.length < 12) {
      expect(await stored()).toEqual([]);
      outcomes.push((await attempt()).outcome);
    }
    expect(outcomes).toContain('stepped');
    expect(outcomes.at(-1)).toBe('succeeded');
    expect((await stored()).map(({ date }) => date)).toEqual(BARS.map(({ time }) => time));
    expect(await runOf('slow')).toMatchObject({ status: 'succeeded' });
    expect(
      await sql`select from public.job_checkpoints where job_id = ${(await jobOf('slow')).id}`,
    ).toHaveLength(0);
    // Its first page was asked for again by no attempt after the one that got it.
    const first = outcomes.indexOf('stepped') + 1;
    const beginnings = provider.asked.filter(
      (path) => /start=\d{4}-01-01/.test(path) && !/page_token/.test(path),
    );
    expect(beginnings.length).toBeLessThanOrEqual(first);
  });

  it('that restates its prices meanwhile gives one history and no mixture', async () => {
    const split = BARS.map((bar) => scaled(bar, 0.25));
    let restated = false;
    provider.answerWith(slowly(() => (restated ? split : BARS)));
    await plan('restated');
    while ((await attempt()).outcome !== 'stepped') expect(await stored()).toEqual([]);
    restated = true;
    for (let i = 0; i < 12 && (await attempt()).outcome !== 'succeeded'; i++)
      expect(await stored()).toEqual([]);
    expect((await stored()).map(({ close }) => close)).toEqual(split.map(({ close }) => close));
  });
});
