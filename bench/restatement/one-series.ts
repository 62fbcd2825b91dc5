import type { Sql, TransactionSql } from 'postgres';
import { median } from '../harness/bench-result.ts';

/** A bar as `ingest_bars` takes it: time, open, high, low, close, volume. */
export type BarRow = readonly [string, number, number, number, number, number];

/** What one upload cost. */
export interface UploadCost {
  readonly what: string;
  readonly bars: number;
  readonly changed: number;
  readonly seconds: number;
  /** Jobs that it left planned, or the planner right behind it. */
  readonly forecasts: number;
  readonly windows: number;
}

interface Upload {
  readonly what: string;
  readonly symbol: string;
  readonly provider: readonly [provider: string, feed: string, adjustment: string];
  readonly bars: readonly BarRow[];
  /** Stored before, unmeasured. */
  readonly before?: readonly BarRow[];
}

const ROUNDS = 5;
const PROVIDER = ['alpaca', 'iex', 'all'] as const;
const FILE = ['csv', 'file', 'all'] as const;
/** The longest file of `restated history`: 77 years of sessions. */
const LONGEST = 19_415;
const DAY = 86_400_000;

class RolledBack extends Error {}

/**
 * Uploads through `ingest_bars`, each rolled back: of a symbol that has bars, forecasts and windows, and of new ones.
 *
 * @param symbol prefilled, from a provider
 * @param next the time of a bar behind its last one
 */
export async function measureUploads(sql: Sql, symbol: string, next: string): Promise<UploadCost[]> {
  const stored = await storedBars(sql, symbol);
  const last = stored[stored.length - 1];
  const one: BarRow = [next, last[1], last[2], last[3], last[4], last[5]];
  const restated = stored.map((bar) => times(bar, 0.995));
  const of = { symbol, provider: PROVIDER };
  const long = Array.from({ length: LONGEST }, (_, i): BarRow => {
    const close = 100 + (i % 97) / 10;
    const date = new Date(Date.UTC(2025, 0, 1) - (LONGEST - i) * DAY).toISOString().slice(0, 10);
    return [date, close, close + 1, close - 1, close, 1_000 + i];
  });
  const uploads: Upload[] = [
    { what: 'a new bar', ...of, bars: [one] },
    { what: 'a dividend: every bar but the new one', ...of, bars: [...restated, one] },
    { what: 'a split: every bar', ...of, bars: stored.map((bar) => times(bar, 0.25)) },
    { what: 'the same bars again', ...of, bars: stored },
    { what: 'a new symbol', symbol: 'NEWONE', provider: FILE, bars: stored },
    { what: 'the longest file, new', symbol: 'LONGEST', provider: FILE, bars: long },
    {
      what: 'the longest file, every bar changed',
      ...{ symbol: 'LONGEST', provider: FILE, before: long, bars: long.map((bar) => times(bar, 0.5)) },
    },
  ];
  const costs: UploadCost[] = [];
  for (const upload of uploads) {
    const rounds: UploadCost[] = [];
    for (let round = 0; round < ROUNDS; round++) rounds.push(await measure(sql, upload));
    costs.push({ ...rounds[0], seconds: median(rounds.map(({ seconds }) => seconds)) });
  }
  return costs;
}

async function measure(sql: Sql, { what, symbol, provider, bars, before }: Upload): Promise<UploadCost> {
  let cost: UploadCost | undefined;
  try {
    await sql.begin(async (inner) => {
      if (before !== undefined) await store(inner, symbol, provider, before);
      const planned = await jobsOpen(inner);
      const began = performance.now();
      const { changed } = await store(inner, symbol, provider, bars);
      const seconds = (performance.now() - began) / 1_000;
      await inner`select internal.plan_forecasts(array[s.id]), internal.plan_validations(array[s.id], null)
        from public.symbols s where s.symbol = ${symbol}`;
      const after = await jobsOpen(inner);
      cost = {
        ...{ what, bars: bars.length, changed, seconds },
        ...{ forecasts: after.forecasts - planned.forecasts, windows: after.windows - planned.windows },
      };
      throw new RolledBack();
    });
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error;
  }
  return cost!;
}

async function store(
  sql: TransactionSql,
  symbol: string,
  [provider, feed, adjustment]: Upload['provider'],
  bars: readonly BarRow[],
): Promise<{ changed: number }> {
  const [{ answer }] = await sql`
    select public.ingest_bars(${symbol}, '1D', ${provider}, ${feed}, ${adjustment}, ${sql.json(bars as never)}) as answer`;
  return answer;
}

async function jobsOpen(sql: TransactionSql): Promise<{ forecasts: number; windows: number }> {
  const [open] = await sql<{ forecasts: number; windows: number }[]>`
    select count(*) filter (where j.kind = 'forecast')::integer as forecasts,
      count(*) filter (where j.kind = 'validate_window')::integer as windows
    from public.jobs j where j.status = 'queued'`;
  return open;
}

async function storedBars(sql: Sql, symbol: string): Promise<BarRow[]> {
  const rows = await sql`
    select to_char(b.bar_time at time zone 'UTC', 'YYYY-MM-DD') as time, b.open, b.high, b.low, b.close, b.volume
    from public.bars b join public.symbols s on s.id = b.symbol_id
    where s.symbol = ${symbol} and b.timeframe = '1D' order by b.bar_time`;
  return rows.map(({ time, open, high, low, close, volume }) => [time, open, high, low, close, volume]);
}

function times([time, open, high, low, close, volume]: BarRow, factor: number): BarRow {
  return [time, open * factor, high * factor, low * factor, close * factor, volume];
}
