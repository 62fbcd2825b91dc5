import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type postgres from 'postgres';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { stack } from '../support/own-stack.ts';
import { callAs, ownerSql, sampleCsv, signedInClient, stopCron, upload } from './support/stack-clients.ts';

const HEADER = 'date,open,high,low,close,volume';
const megabytes = (n: number) => 'x'.repeat(n * 1024 * 1024);

let sql: postgres.Sql;
let asUser: Record<string, string>;
let before: string;

/** How many rows every table has: what a refused request must not change. */
async function rowCounts(): Promise<string> {
  const tables = await sql`
    select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by 1`;
  const counts = [];
  for (const { relname } of tables) {
    const [{ count }] = await sql`select count(*) from ${sql(`public.${relname}`)}`;
    counts.push(`${relname} ${count}`);
  }
  return counts.join('\n');
}

beforeAll(async () => {
  sql = ownerSql();
  // What cron leaves meanwhile is no request's.
  await stopCron(sql);
  asUser = { authorization: `Bearer ${(await signedInClient()).token}` };
  // Seeds the ensemble, and gives the forecasts a symbol with too few bars.
  await upload('SHORT', sampleCsv(99));
});
afterAll(() => sql.end());
beforeEach(async () => {
  before = await rowCounts();
});
afterEach(async () => {
  expect(await rowCounts()).toBe(before);
});

const forecast = (body: unknown, headers: Record<string, string> | 'secret' = asUser) =>
  callAs(headers, 'forecast', { body: typeof body === 'string' ? body : JSON.stringify(body) });

describe('a forecast request leaves nothing behind and is refused', () => {
  it.each([
    ['without a token', () => ({}), 401, 'unauthorized'],
    ['with a token that is none', () => ({ authorization: 'Bearer nonsense' }), 401, 'unauthorized'],
    [
      'with a token signed by somebody else',
      () => ({ authorization: `Bearer ${asUser.authorization.slice(7).replace(/\.[^.]+$/, '.AAAA')}` }),
      401,
      'unauthorized',
    ],
    ['with a wrong key', () => ({ apikey: 'sb_secret_wrong' }), 401, 'unauthorized'],
  ])('%s', async (_name, headers, status, code) => {
    const answer = await forecast({ symbols: ['SPX'] }, headers() as Record<string, string>);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it.each([
    ['for malformed JSON', '{"symbols": ["SPX"', 400, 'malformed_json', 'JSON'],
    ['for an empty body', '', 400, 'malformed_json', 'JSON'],
    ['for no symbols', { symbols: [] }, 400, 'invalid_input', 'at least one'],
    [
      'for 1,000 symbols',
      { symbols: Array.from({ length: 1000 }, (_, i) => `S${i}`) },
      400,
      'invalid_input',
      '50',
    ],
    ['for an unknown symbol', { symbols: ['SHORT', 'NOBODY'] }, 404, 'unknown_symbol', 'NOBODY'],
    ['for an unknown horizon', { symbols: ['SHORT'], horizon: '3M' }, 400, 'invalid_input', 'horizon'],
    [
      'for half sessions that are not there',
      { symbols: ['SHORT'], horizon: '8h' },
      422,
      'too_few_bars',
      'has 0 bars for 8h; a forecast needs 500',
    ],
    [
      'for too few bars',
      { symbols: ['SHORT'] },
      422,
      'too_few_bars',
      'has 99 bars for 1D; a forecast needs 1250',
    ],
    ['for a symbol without bars', { symbols: ['XLV'] }, 422, 'too_few_bars', 'XLV has 0 bars'],
    ['for a body of 10 MB', megabytes(10), 413, 'body_too_large', '65536'],
  ])('%s', async (_name, body, status, code, says) => {
    const answer = await forecast(body);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.body.message).toContain(says);
  });

  it.each([
    ['for a run that does not exist', () => `forecast?run=${randomUUID()}`, 404, 'unknown_run'],
    ['for a run id that is none', () => 'forecast?run=7', 400, 'invalid_input'],
    ['for no run id', () => 'forecast', 400, 'invalid_input'],
  ])('%s', async (_name, path, status, code) => {
    const answer = await callAs(asUser, path(), { method: 'GET' });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('by a method that is not offered', async () => {
    const answer = await callAs(asUser, 'forecast', { method: 'DELETE' });
    expect([answer.status, answer.body.code]).toEqual([405, 'method_not_allowed']);
  });
});

describe('a client that goes away', () => {
  /** Sends the head of a request that promises `length` bytes, then `body`, and hangs up. */
  async function hangUp(path: string, headers: Record<string, string>, body: string, length = body.length) {
    const { hostname, port } = new URL(stack.url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    const head = [`POST /functions/v1/${path} HTTP/1.1`, `host: ${hostname}`, `content-length: ${length}`];
    const more = Object.entries({ 'content-type': 'application/json', ...headers });
    socket.write([...head, ...more.map(([name, value]) => `${name}: ${value}`), '', body].join('\r\n'));
    await sleep(100);
    socket.destroy();
  }

  it('leaves nothing behind, no error of ours either, whichever function it called and whenever it went', async () => {
    const [secret, cron] = [{ apikey: stack.secretKey }, { apikey: stack.cronKey }];
    const hungUp = [
      hangUp('forecast', asUser, '', 20),
      hangUp('forecast', asUser, '{"symbols": [', 500),
      hangUp('forecast', asUser, '{"symbols": ["SHORT"]}'),
      hangUp('ingest-bars?symbol=GONE', secret, HEADER, 3_000_000),
      hangUp('rollout', secret, '{"action":', 100),
      hangUp('relay', cron, '{"function":', 100),
      hangUp('forecast-worker', cron, '{', 100),
      hangUp('check-divergence', cron, '{', 100),
    ];
    await Promise.all(hungUp);
    // A function that has heard of it records an error within this time.
    await sleep(500);
    expect(await sql`select source, code, message from public.errors`).toHaveLength(0);
    expect((await forecast({ symbols: ['SHORT'] })).body.code).toBe('too_few_bars');
  });
});

describe('an upload of bars that are there', () => {
  const again = (csv: string, query = '') =>
    callAs('secret', `ingest-bars?symbol=SHORT${query}`, { body: csv, contentType: 'text/csv' });
  // Newest first, the month first, and a row from before there were prices.
  const american = () => {
    const [header, ...rows] = sampleCsv(99).trim().split('\n');
    const turned = rows.map((row) => row.replace(/^(\d{4})-(\d{2})-(\d{2})/, '$2/$3/$1')).reverse();
    return [header, ...turned, '01/01/1999,0,0,0,0,0,0'].join('\n');
  };

  it('says what it was read as, and what its prices are adjusted for', async () => {
    const { body } = await again(american(), '&from=1999-12-31');
    expect(body).toMatchObject({
      ...{ given: 99, inserted: 0, changed: 0, deleted: 0, adjustment: 'unknown', rounded: 0, left_out: 1 },
      ...{ read_as: 'plain CSV, newest first, dates month first, adjclose equals close', notes: [] },
    });
  });

  it('is refused with all its faults', async () => {
    const answer = await again(american());
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_price']);
    expect(answer.body.details).toEqual({
      ...{ line: 101, faults: 1 },
      first_faults: ['Line 101 (1999-01-01): open, high, low, close and adjusted close are "0"'],
      rules: ['a price is a number above 0'],
    });
  });
});

describe('an upload leaves nothing behind and is refused', () => {
  it.each([
    ['with a missing column', 'date,open,high,low,volume\n2024-01-02,1,1,1,1', 400, 'missing_column'],
    ['with text for a price', `${HEADER}\n2024-01-02,1,1,1,one,1`, 400, 'invalid_price'],
    ['with a zero price', `${HEADER}\n2024-01-02,1,1,0,1,1`, 400, 'invalid_price'],
    ['with a negative price', `${HEADER}\n2024-01-02,-1,1,1,1,1`, 400, 'invalid_price'],
    ['with high below low', `${HEADER}\n2024-01-02,1,1,2,1,1`, 400, 'inconsistent_bar'],
    ['with a duplicate date', `${HEADER}\n2024-01-02,1,1,1,1,1\n2024-01-02,1,1,1,1,1`, 400, 'duplicate_date'],
    [
      'with a disordered date',
      `${HEADER}\n2024-01-02,1,1,1,1,1\n2024-01-04,1,1,1,1,1\n2024-01-03,1,1,1,1,1`,
      400,
      'disordered_date',
    ],
    ['with a date in the future', `${HEADER}\n2199-01-02,1,1,1,1,1`, 400, 'future_date'],
    ['of an empty file', '', 400, 'empty_file'],
    ['of HTML', '<html><body>429 Too Many Requests</body></html>', 400, 'not_csv'],
    ['of 10 MB', megabytes(10), 413, 'body_too_large'],
  ])('%s', async (_name, csv, status, code) => {
    const answer = await upload('WRONG', csv);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it.each([
    ['by a user', () => asUser, 401],
    ['by nobody', () => ({}), 401],
  ])('%s', async (_name, headers, status) => {
    const answer = await callAs(headers() as Record<string, string>, 'ingest-bars?symbol=WRONG', {
      body: sampleCsv(2),
      contentType: 'text/csv',
    });
    expect([answer.status, answer.body.code]).toEqual([status, 'unauthorized']);
  });

  it.each([
    ['of another kind', 'ingest-bars?symbol=WRONG', 'text/plain', 415, 'unsupported_media_type'],
    ['of bars of eight hours', 'ingest-bars?symbol=WRONG&timeframe=8h', 'text/csv', 400, 'invalid_input'],
    ['of a symbol that is none', 'ingest-bars?symbol=wrong!', 'text/csv', 400, 'invalid_input'],
    ['without a symbol', 'ingest-bars', 'text/csv', 400, 'invalid_input'],
  ])('%s', async (_name, path, contentType, status, code) => {
    const answer = await callAs('secret', path, { body: sampleCsv(2), contentType });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it.each([
    ['of events of symbols that are not there', 'SHORT,2020-01-02\nNONE,2020-01-02', 404, 'unknown_symbol'],
    ['of events with a fault', 'SHORT,2020-01-02\nSHORT,soon', 400, 'invalid_date'],
    ['of events that only the table refuses', 'SHORT,2020-01-02\nSHORT,2199-01-02', 400, 'invalid_date'],
  ])('%s', async (_name, rows, status, code) => {
    const answer = await callAs('secret', 'ingest-bars/events', {
      body: `symbol,date\n${rows}`,
      contentType: 'text/csv',
    });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('of events by a user', async () => {
    const answer = await callAs(asUser, 'ingest-bars/events', { body: 'symbol,date\nSHORT,2020-01-02' });
    expect([answer.status, answer.body.code]).toEqual([401, 'unauthorized']);
  });

  it('from another source than the bars that are there', async () => {
    const answer = await callAs('secret', 'ingest-bars?symbol=SHORT&adjustment=raw', {
      body: sampleCsv(99),
      contentType: 'text/csv',
    });
    expect([answer.status, answer.body.code]).toEqual([409, 'mixed_sources']);
  });

  it('with changed history that does not cover what is there', async () => {
    const lines = sampleCsv(50).split('\n');
    lines[10] = lines[10].replace(/,\d+$/, ',1');
    const answer = await upload('SHORT', lines.join('\n'));
    expect([answer.status, answer.body.code]).toEqual([409, 'restated_history']);
  });
});

describe('the workers', () => {
  it.each(['forecast-worker', 'check-divergence', 'rollout'])('%s answers secret keys only', async (name) => {
    expect((await callAs(asUser, name)).status).toBe(401);
    expect((await callAs({}, name)).status).toBe(401);
  });
});

/** Settings and bars as they are for the while of a test. */
async function inTransaction(use: (transaction: postgres.TransactionSql) => Promise<void>): Promise<void> {
  const rolledBack = new Error('rolled back');
  const done = sql.begin(async (transaction) => {
    await use(transaction);
    throw rolledBack;
  });
  await expect(done).rejects.toBe(rolledBack);
}

describe('too little for any forecast', () => {
  const smallWindows = (transaction: postgres.TransactionSql, train: number) => {
    const part = { train, validation: 20, test: 20, step: 20 };
    return transaction`select public.change_setting('window_sizes', ${transaction.json({ '1D': part, '4h': part })})`;
  };
  const shortage = async (transaction: postgres.TransactionSql, horizon: string) => {
    const [found] = await transaction`
      select x.code, x.message
      from internal.forecast_shortages(array(select s.id from public.symbols s where s.symbol = 'SHORT'), ${horizon}) x`;
    return found;
  };

  it('are fewer than 100 bars, whatever the sizes of the windows: the run says so before it begins', async () => {
    await inTransaction(async (transaction) => {
      await smallWindows(transaction, 40);
      await transaction`select public.plan_work(1)`;
      const [run] = await transaction`
        select status, jobs_total, error_code, error_message from public.runs
        where kind = 'forecast' and params @> '{"symbols": ["SHORT"]}'
          and error_message like '%at least%'`;
      expect(run).toMatchObject({
        ...{ status: 'failed', jobs_total: 0, error_code: 'too_few_bars' },
        error_message: 'SHORT has 99 bars for 1D; a forecast needs 100 at least',
      });
      const asked = transaction.savepoint(
        (inner) => inner`select public.request_forecasts(array['SHORT'], '1D')`,
      );
      await expect(asked).rejects.toMatchObject({ detail: 'too_few_bars' });
    });
  });

  it('are windows that fit on fewer than 100 of many bars', async () => {
    await inTransaction(async (transaction) => {
      await smallWindows(transaction, 40);
      await addClockBars(transaction, 200, 24);
      expect(await shortage(transaction, '4h')).toEqual({
        code: 'too_few_bars',
        message:
          'SHORT 4h would be fitted on 60 bars (train 40, validation 20); a forecast needs 100 at least: raise the setting window_sizes',
      });
    });
  });

  it('are bars that span less than 30 days', async () => {
    await inTransaction(async (transaction) => {
      await smallWindows(transaction, 80);
      await addClockBars(transaction, 120, 4);
      expect(await shortage(transaction, '4h')).toEqual({
        code: 'too_short_span',
        message: 'The 120 bars of SHORT for 4h span 19 days; a forecast needs 30 at least',
      });
      await addClockBars(transaction, 200, 4);
      expect(await shortage(transaction, '4h')).toBeUndefined();
    });
  });

  /** Clock bars, as an earlier version took them and may have stored. */
  async function addClockBars(transaction: postgres.TransactionSql, bars: number, hours: number) {
    await transaction`alter table public.bars drop constraint if exists bars_half_sessions_start_with_one`;
    await transaction`
      insert into public.bars (symbol_id, timeframe, bar_time, open, high, low, close, provider, feed, adjustment)
      select s.id, '4h', timestamptz '2020-01-01' + make_interval(hours => k * ${hours}::integer), 1, 1, 1, 1, 'csv', 'file', 'all'
      from public.symbols s, generate_series(0, ${bars}::integer - 1) k where s.symbol = 'SHORT'
      on conflict do nothing`;
  }
});

describe('planning', () => {
  it('says how many bars a window needs, in the run that it could not begin', async () => {
    const rolledBack = new Error('rolled back');
    const plan = sql.begin(async (transaction) => {
      await transaction`select public.plan_work(1)`;
      const [run] = await transaction`
        select status, error_code, error_message from public.runs
        where kind = 'validation' and params @> '{"symbols": ["SHORT"]}'`;
      expect(run).toMatchObject({ status: 'failed', error_code: 'too_few_bars_for_window' });
      expect(run.error_message).toContain('has 99 bars for 1D; one window needs 1500');
      throw rolledBack;
    });
    await expect(plan).rejects.toBe(rolledBack);
  });
});
