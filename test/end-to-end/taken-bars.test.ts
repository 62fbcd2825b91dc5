// The same bars are taken or refused whether they are uploaded, sent by the command or fetched from a provider;
// events, by function and command.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { events } from '../../src/cli/commands/events.ts';
import { ingest } from '../../src/cli/commands/ingest.ts';
import { readEvents } from '../../src/shared/store/read-events.ts';
import { unwrap } from '../../src/shared/store/unwrap.ts';
import { BAR_CASES, type BarCase } from '../bars/support/bar-cases.ts';
import { dropped, scaled, scaledBar } from '../bars/support/bar-damages.ts';
import { plainCsv } from '../bars/support/export-shapes.ts';
import { daysAfter, goodBars } from '../bars/support/good-bars.ts';
import { stack } from '../support/own-stack.ts';
import { alpacaPage, json } from '../support/provider-server.ts';
import { callAs, eventually, ownerSql, serviceClient, stackAccess, upload } from './support/stack-clients.ts';

const ALPACA = { provider: 'alpaca', feed: 'iex', adjustment: 'all' };
/** Days ago on which the bars end: all sessions that the damage moves are over. */
const DAYS_AGO = 6;

const service = serviceClient();
const directory = mkdtempSync(join(tmpdir(), 'plumbline-taken-'));
let sql: postgres.Sql;
let symbol = '';
let count = 0;

const good = (bars: number) =>
  goodBars({ count: bars, until: daysAfter(new Date().toISOString().slice(0, 10), -DAYS_AGO) });
const newSymbol = () => {
  symbol = `TAKEN${++count}`;
  return symbol;
};
async function set(name: string, value: unknown) {
  unwrap(await service.rpc('change_setting', { p_name: name, p_value: value as never }));
}

beforeAll(async () => {
  sql = ownerSql();
  await sql`update public.symbols set active = false where active`;
  // These tests are the workers.
  await set('max_workers', 0);
  await set('market_data', ALPACA);
});
afterAll(async () => {
  rmSync(directory, { recursive: true });
  await sql.end();
});

/** What is stored of the symbol, by time. */
const stored = async () =>
  await sql`
    select to_char(b.bar_time, 'YYYY-MM-DD') as time, b.close, b.ingested_at from public.bars b
    join public.symbols s on s.id = b.symbol_id where s.symbol = ${symbol} order by b.bar_time`;

interface Answer {
  /** Null: taken. */
  readonly refused: string | null;
  readonly notes: string;
}

/** Ways in which a file's text becomes stored bars. */
const DOORS: Readonly<Record<string, (csv: string) => Promise<Answer>>> = {
  'by HTTP': async (csv) => {
    const { status, body } = await upload(symbol, csv);
    if (status !== 200) return { refused: body.message!, notes: '' };
    return { refused: null, notes: (body as unknown as { notes: string[] }).notes.join('. ') };
  },
  'by plumbline ingest': async (csv) => {
    writeFileSync(join(directory, `${symbol}.csv`), csv);
    const said: string[] = [];
    const path = join(directory, `${symbol}.csv`);
    try {
      await ingest(stackAccess(), path, undefined, '1D', {}, (line) => said.push(line));
    } catch (error) {
      return { refused: (error as Error).message, notes: '' };
    }
    return { refused: null, notes: said.join('. ') };
  },
};

/** Fetches bars from the provider's stand-in, as the schedule does. */
async function fetchBars(key: string, csv: string): Promise<{ code: string | null; message: string }> {
  const [, ...rows] = csv.split('\n').map((line) => line.split(','));
  const bars = rows.map(([time, ...cells]) => {
    const [open, high, low, close, volume] = cells.map(Number);
    return { time, open, high, low, close, volume };
  });
  stack.provider.answerWith((request, response) => {
    const start = new URL(request.url!, 'http://provider.test').searchParams.get('start')!.slice(0, 10);
    const asked = bars
      .filter(({ time }) => time >= start)
      .map((bar) => ({ ...bar, volume: bar.volume ?? 0 }));
    json(alpacaPage(symbol, asked))(request, response);
  });
  await sql`insert into public.symbols (symbol) values (${symbol}) on conflict (symbol) do update set active = true`;
  const planned = unwrap(await service.rpc('plan_ingestion', { p_key: key })) as { run_id: string };
  await callAs({ apikey: stack.cronKey }, 'ingest-bars', { body: '{}' });
  const run = await eventually(
    async () =>
      (await sql`select * from public.runs where id = ${planned.run_id} and finished_at is not null`)[0],
    60_000,
    20,
  );
  await sql`update public.symbols set active = false where symbol = ${symbol}`;
  return { code: run.error_code, message: run.error_message ?? '' };
}

const cases = (...names: readonly string[]): BarCase[] =>
  names.map((name) => BAR_CASES.find((one) => one.name === name)!);

const TRIED = cases(
  'nothing wrong',
  'one close a rounding step above its high',
  'a row of the word null',
  'weekly bars dated on the last session',
  'dates 1 day early',
  'a split of 3 for 2',
  'a split of 4 for 1 that the history before is not adjusted for',
  'one bar times 100',
  'sessions missing',
);

describe.each(Object.entries(DOORS))('an upload %s', (_door, send) => {
  it.each(TRIED.map((one) => [one.name, one.right.is, one] as const))(
    'with %s is %s',
    async (_name, is, { text, bars = 400, right }) => {
      newSymbol();
      const { refused, notes } = await send(text(good(bars)));
      if (right.is === 'refused') {
        expect(refused).toMatch(right.says);
        expect(await stored()).toHaveLength(0);
        return;
      }
      expect([is, refused]).toEqual(['taken', null]);
      if (right.is === 'taken' && right.notes !== undefined) expect(notes).toMatch(right.notes);
      if (right.is === 'taken' && right.rounded) expect((await stored()).length).toBe(bars);
    },
  );

  it('of a few changed rows over a whole series is refused, names what it would remove, and changes nothing', async () => {
    newSymbol();
    const bars = good(120);
    expect((await send(plainCsv(bars))).refused).toBeNull();
    const before = await stored();
    const few = [bars[0], scaledBar(bars[60], 1.001), bars[119]];
    expect((await send(plainCsv(few))).refused).toMatch(/lacks 117 of 120 stored bars/);
    const late = bars.slice(-50).map((bar, i) => (i === 3 ? scaledBar(bar, 1.001) : bar));
    expect((await send(plainCsv(late))).refused).toMatch(/lacks 70 of 120 stored bars/);
    expect(await stored()).toEqual(before);
  });

  it('that goes on in another unit is refused or noted at the seam', async () => {
    newSymbol();
    const bars = good(200);
    expect((await send(plainCsv(bars.slice(0, 150)))).refused).toBeNull();
    expect((await send(plainCsv(scaled(0.25, 0)(bars.slice(150))))).refused).toMatch(/4 for 1/);
    expect(await stored()).toHaveLength(150);
    const { refused, notes } = await send(plainCsv(scaled(0.5, 0)(bars.slice(150))));
    expect([refused, notes]).toEqual([null, expect.stringMatching(/2 for 1/)]);
  });
});

describe('an upload by HTTP', () => {
  it('says what it was read as, what was rounded, left out, deleted and noted', async () => {
    newSymbol();
    const bars = good(100);
    await upload(symbol, plainCsv(bars));
    const query = `symbol=${symbol}&replace=true&from=${bars[10].time}`;
    const answer = await callAs('secret', `ingest-bars?${query}`, {
      body: plainCsv(bars.toReversed()),
      contentType: 'text/csv',
    });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        ...{ deleted: 10, inserted: 0, changed: 0, stored: 90, rounded: 0, left_out: 10, notes: [] },
        ...{ adjustment: 'unknown', read_as: expect.stringContaining('newest first') },
      },
    });
  });

  it('leaves a gap that anybody can see, and closes it', async () => {
    newSymbol();
    const bars = good(60);
    await upload(symbol, plainCsv(dropped(30, 2)(bars)));
    const gaps = async () =>
      (
        await sql`
          select to_char(g.bar_time, 'YYYY-MM-DD') as date from public.bar_gaps g
          join public.symbols s on s.id = g.symbol_id where s.symbol = ${symbol} order by 1`
      ).map(({ date }) => date);
    expect(await gaps()).toEqual(expect.arrayContaining([bars[30].time, bars[31].time]));
    await upload(symbol, plainCsv(bars.slice(30, 32)));
    expect(await gaps()).not.toEqual(expect.arrayContaining([bars[30].time]));
  });
});

describe('bars of a provider', () => {
  const ofProvider = TRIED.filter(({ name }) => name !== 'a row of the word null');

  it.each(ofProvider.map((one) => [one.name, one.right.is, one] as const))(
    'with %s are %s',
    async (name, _is, { text, bars = 400, right }) => {
      newSymbol();
      const { code, message } = await fetchBars(name, text(good(bars)));
      if (right.is === 'refused') {
        expect(code).not.toBeNull();
        expect(message).toMatch(/weekly|day|session|4 for 1|100/i);
        expect(await stored()).toHaveLength(0);
        return;
      }
      expect(code).toBeNull();
      expect((await stored()).length).toBeGreaterThan(300);
    },
  );

  it('that lack stored ones and change another are refused, and nothing changes', async () => {
    newSymbol();
    const bars = good(120);
    expect(await fetchBars('first', plainCsv(bars))).toMatchObject({ code: null });
    const before = await stored();
    const few = scaled(0.99, 0, 119)(dropped(20, 5)(bars));
    const { code, message } = await fetchBars('fewer', plainCsv(few));
    expect([code, message]).toEqual(['restated_history', expect.stringMatching(/lacks 5 of/)]);
    expect(await stored()).toEqual(before);
  });
});

describe('scheduled events', () => {
  const DAY = 86_400_000;
  const ahead = (days: number) => new Date(Date.now() + days * DAY).toISOString().slice(0, 10);
  const send = (body: string, query = '') =>
    callAs('secret', `ingest-bars/events${query}`, { body, contentType: 'text/csv' });

  it('are stored alike by function and command, and read for a fit as they were known', async () => {
    newSymbol();
    await upload(symbol, plainCsv(good(40)));
    const csv = `ticker,reportDate,when\n${symbol},2020-01-28,amc\n${symbol},${ahead(30)},\nOTHER,2020-01-28,amc`;
    expect((await send(csv, `?symbols=${symbol}`)).body).toEqual({
      ...{ given: 2, inserted: 2, changed: 0, unchanged: 0, deleted: 0, not_named: 0, superseded: [] },
      ...{ read_as: 'symbol (ticker), date (reportDate), time (when)', left_out: 1, notes: [] },
    });

    const path = join(directory, 'events.csv');
    writeFileSync(path, csv.replace(ahead(30), ahead(37)));
    const options = { symbols: [symbol], replace: true };
    const command = await events(service, [path], options);
    expect(command.document).toMatchObject({ inserted: 1, unchanged: 1, deleted: 1, left_out: 1 });
    expect(command.text).toContain(`deleted (${symbol} earnings ${ahead(30)})`);
    const listed = await events(service, [], { list: symbol, replace: false });
    expect(
      listed.text
        .split('\n')
        .slice(2)
        .map((line) => line.split(/ {2,}/).slice(0, 4)),
    ).toEqual([
      [ahead(37), 'earnings', expect.stringMatching(/^20.*Z$/)],
      ['2020-01-28', 'earnings', 'after', 'the session before'],
    ]);

    const span = { from: '2019-01-01', until: ahead(40) };
    const past = { date: '2020-01-28', kind: 'earnings', time: 'after', knownAt: null };
    const known = (knownBy: string) => readEvents(service, [symbol, 'OTHER'], { ...span, knownBy });
    expect(await known('2020-01-27T21:00:00Z')).toEqual(new Map([[symbol, [past]]]));
    const now = await known(new Date(Date.now() + DAY).toISOString());
    expect(now.get(symbol)).toMatchObject([past, { date: ahead(37), time: null }]);
    expect(await readEvents(service, ['OTHER'], { ...span, knownBy: ahead(1) })).toEqual(new Map());
  });
});
