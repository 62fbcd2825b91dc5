import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stack } from '../support/own-stack.ts';
import { callAs, eventually, ownerSql, sampleCsv, signedInClient, upload } from './support/stack-clients.ts';

const SYMBOL = 'BYHTTP';
let asUser: Record<string, string>;

const ask = (headers: Record<string, string> | 'secret') =>
  callAs(headers, 'forecast', { body: JSON.stringify({ symbols: [SYMBOL], horizon: '1D' }) });

beforeAll(async () => {
  asUser = { authorization: `Bearer ${(await signedInClient()).token}` };
  await upload(SYMBOL, sampleCsv(1300));
});

describe('POST /functions/v1/forecast', () => {
  let runId: string;

  it('answers 202 with a run when a fit is needed: the same run to everybody who asks the same', async () => {
    const answers = await Promise.all([ask(asUser), ask('secret'), ask(asUser)]);
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
    const runs = answers.map(({ body }) => (body as unknown as { run: { id: string } }).run.id);
    expect(new Set(runs).size).toBe(1);
    [runId] = runs;
  });

  it('tells how the run stands until its forecast is there', async () => {
    const seen = new Set<string>();
    const forecasts = await eventually(async () => {
      const { status, body } = await callAs(asUser, `forecast?run=${runId}`, { method: 'GET' });
      expect(status).toBe(200);
      const { run, forecasts } = body as unknown as {
        run: { status: string; progress: number };
        forecasts: { symbol: string; run_id: string }[];
      };
      seen.add(run.status);
      expect(run.progress).toBeGreaterThanOrEqual(0);
      expect(run.progress).toBeLessThanOrEqual(1);
      return run.status === 'succeeded' ? forecasts : undefined;
    });
    expect(forecasts).toHaveLength(1);
    expect(forecasts[0]).toMatchObject({ symbol: SYMBOL, run_id: runId });
    expect([...seen].every((status) => ['queued', 'running', 'succeeded'].includes(status))).toBe(true);
  });

  it('then answers 200 with that forecast', async () => {
    const { status, body } = await ask(asUser);
    expect(status).toBe(200);
    const { forecasts } = body as unknown as { forecasts: { data_cutoff: string; run_id: string }[] };
    expect(forecasts).toHaveLength(1);
    expect(forecasts[0].run_id).toBe(runId);
  });

  it('forecasts from a new bar with the fitted artifact, without a new fit', async () => {
    await upload(SYMBOL, sampleCsv(1301));
    const { status, body } = await ask('secret');
    expect(status).toBe(200);
    const [forecast] = (
      body as unknown as { forecasts: { data_cutoff: string; run_id: null; artifact_id: number }[] }
    ).forecasts;
    expect(forecast.data_cutoff.slice(0, 10)).toBe(sampleCsv(1301).split('\n')[1301].slice(0, 10));
    expect(forecast.run_id).toBeNull();
    expect(forecast.artifact_id).toBeGreaterThan(0);
    expect(forecast).toMatchObject({
      direction: expect.stringMatching(/^(bullish|bearish|neutral)$/),
      drivers: expect.arrayContaining([expect.objectContaining({ code: 'volatility' })]),
      quality_notes: expect.arrayContaining([expect.objectContaining({ code: 'stale_data' })]),
    });
  });

  it('plans a new fit where the artifact is damaged, and that is no error', async () => {
    const sql = ownerSql();
    try {
      await sql`delete from public.forecasts where symbol = ${SYMBOL}`;
      const damage = (field: string, value: string) => sql`
        update public.artifacts set state = state || ${sql.json({ [field]: value })}
        where symbol_id = (select id from public.symbols where symbol = ${SYMBOL})`;
      const [{ scalars, checksum }] = await sql`
        select state ->> 'scalars' as scalars, state ->> 'checksum' as checksum from public.artifacts
        where symbol_id = (select id from public.symbols where symbol = ${SYMBOL})`;
      expect(checksum).toMatch(/^[0-9a-f]{8}$/);
      await damage('scalars', `!${scalars.slice(1)}`);
      const { status, body } = await ask(asUser);
      expect(status).toBe(202);
      const planned = (body as unknown as { run: { id: string } }).run.id;
      expect(planned).not.toBe(runId);
      expect(await sql`select source, code, message from public.errors`).toHaveLength(0);
      expect(readFileSync(stack.logFile, 'utf8')).toMatch(
        /"event":"artifact refused".*"code":"invalid_artifact"/,
      );
      // What follows is about other bars: nobody waits for this fit.
      await sql`delete from public.runs where id = ${planned}`;
      await damage('scalars', scalars);
      expect((await ask(asUser)).status).toBe(200);
    } finally {
      await sql.end();
    }
  });

  it('uses neither forecast nor artifact whose bars were restated', async () => {
    const halved = sampleCsv(1301)
      .split('\n')
      .map((line, i) => {
        const [date, ...prices] = line.split(',');
        return i === 0
          ? line
          : [date, ...prices.slice(0, 4).map((price) => Number(price) / 2), '', ''].join(',');
      });
    expect(await upload(SYMBOL, halved.join('\n'))).toMatchObject({ status: 200, body: { changed: 1301 } });
    const { status, body } = await ask('secret');
    expect(status).toBe(202);
    const { run } = body as unknown as { run: { id: string } };

    const [forecast] = await eventually(async () => {
      const { body } = await callAs('secret', `forecast?run=${run.id}`, { method: 'GET' });
      const { run: now, forecasts } = body as unknown as { run: { status: string }; forecasts: Forecast[] };
      return now.status === 'succeeded' ? forecasts : undefined;
    });
    expect(forecast.last_close).toBe(Number(halved[1301].split(',')[4]));
  });
});

describe('what a user may spend', () => {
  const FLAT = 'FLATHTTP';
  const askFor = async (symbols: readonly string[], as: 'user' | 'secret') => {
    const response = await fetch(`${stack.url}/functions/v1/forecast`, {
      method: 'POST',
      headers: as === 'user' ? asUser : { apikey: stack.secretKey },
      body: JSON.stringify({ symbols }),
    });
    return {
      status: response.status,
      retryAfter: response.headers.get('retry-after'),
      body: (await response.json()) as {
        code?: string;
        message?: string;
        details?: { retry_after: number };
        run?: { id: string };
        failures?: { symbol: string; code: string; retry_at: string }[];
        forecasts?: { symbol: string }[];
      },
    };
  };
  let sql: ReturnType<typeof ownerSql>;
  beforeAll(async () => {
    sql = ownerSql();
    const [, ...lines] = sampleCsv(1300).split('\n');
    // As SQL lets an owner: an upload of closes that stand still is refused.
    const flat = lines.map((line) => [line.split(',')[0], 7, 7, 7, 7, 1]);
    await sql`select public.ingest_bars(${FLAT}, '1D', 'csv', 'file', 'all', ${sql.json(flat)})`;
  });
  afterAll(() => sql.end());

  it('is a quota of new forecasts, beyond which the answer is 429 with Retry-After; what is there is free', async () => {
    await sql`select public.change_setting('user_quota', '{"forecasts": 0, "runs": 100}')`;
    const { status, retryAfter, body } = await askFor([SYMBOL, FLAT], 'user');
    expect([status, retryAfter]).toEqual([429, '3600']);
    expect(body).toMatchObject({ code: 'quota_exceeded', details: { retry_after: 3600 } });
    expect(body.message).toContain('asks for 1 new forecasts');
    expect((await askFor([SYMBOL], 'user')).status).toBe(200);
    await sql`select public.change_setting('user_quota', '{"forecasts": 100, "runs": 200}')`;
  });

  it('is a fit that cannot be made once an hour: then it is told what failed and when to ask again', async () => {
    const first = await askFor([FLAT], 'user');
    expect(first.status).toBe(202);
    await eventually(async () => {
      const { body } = await callAs(asUser, `forecast?run=${first.body.run!.id}`, { method: 'GET' });
      return (body as unknown as { run: { status: string } }).run.status === 'failed' || undefined;
    });
    const dead = () => sql`select id from public.jobs where status = 'dead'`;
    const before = await dead();
    for (const as of ['user', 'secret'] as const) {
      const { status, retryAfter, body } = await askFor([FLAT], as);
      expect([status, body.code]).toEqual([422, 'failed_recently']);
      expect(Number(retryAfter)).toBeGreaterThan(3500);
      expect(Number(retryAfter)).toBeLessThanOrEqual(3600);
    }
    const { status, body } = await askFor([FLAT, SYMBOL], 'user');
    expect(status).toBe(200);
    expect(body.forecasts!.map(({ symbol }) => symbol)).toEqual([SYMBOL]);
    expect(body.failures).toEqual([
      {
        ...{ symbol: FLAT, code: expect.stringMatching(/^[a-z_]+$/), message: expect.any(String) },
        retry_at: expect.stringMatching(/^2/),
      },
    ]);
    expect(await dead()).toEqual(before);
  });

  it('is nothing on symbols that are not active', async () => {
    await sql`update public.symbols set active = false where symbol = ${SYMBOL}`;
    expect(await askFor([SYMBOL], 'user')).toMatchObject({ status: 409, body: { code: 'inactive_symbol' } });
    expect((await askFor([SYMBOL], 'secret')).status).toBe(200);
  });
});

interface Forecast {
  readonly last_close: number;
}
