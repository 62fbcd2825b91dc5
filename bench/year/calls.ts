import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sql, TransactionSql } from 'postgres';
import { PROJECT_DIRECTORY } from '../../src/cli/data-directory.ts';

/** One way in which the schedule, a function, an app or an operator asks the database. */
export interface Call {
  readonly kind: 'scheduled' | 'rpc' | 'view' | 'snippet';
  /** As the report names it. */
  readonly name: string;
  readonly statement: string;
}

const SNIPPETS = join(PROJECT_DIRECTORY, 'supabase', 'snippets');

/** Rows that have no end are asked for as an app does: the latest of one symbol, or the first of the board. */
const OF_ONE: Readonly<Record<string, string>> = {
  vw_canary_board: 'order by needs_attention desc, symbol, horizon limit 100',
  vw_forecasts: `where symbol = 'Y00001' and horizon = '1D' order by data_cutoff desc limit 100`,
};

/** Every view, as an app or the dashboard reads it: whole, but for {@link OF_ONE}. */
export async function viewCalls(sql: Sql | TransactionSql): Promise<Call[]> {
  const rows = await sql<{ name: string }[]>`
    select c.relname as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'v' order by 1`;
  return rows.map(({ name }) => ({
    kind: 'view',
    name,
    statement: `select * from public.${name} ${OF_ONE[name] ?? ''}`,
  }));
}

/** Every query of `supabase/snippets`. */
export function snippetCalls(): Call[] {
  return readdirSync(SNIPPETS)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => ({
      kind: 'snippet',
      name: file.replace(/\.sql$/, ''),
      statement: readFileSync(join(SNIPPETS, file), 'utf8'),
    }));
}

/**
 * The rpcs that functions and commands call, of one symbol over one horizon, without those that work off a job: these are called as a worker
 * calls them.
 */
export function rpcCalls(symbol: string, horizon: string): Call[] {
  const hash = `(select e.config_hash from public.ensembles e where e.ensemble = 'candidate')`;
  const subject = `'${symbol}', '${horizon}'`;
  const statements: Readonly<Record<string, string>> = {
    canary_report: 'select public.canary_report()',
    count_bars: `select public.count_bars(array['${symbol}'], '${horizon}', now())`,
    current_windows: `select public.current_windows(${subject})`,
    forecast_context: `select public.forecast_context(${subject}, ${hash})`,
    forecast_state: `select public.forecast_state(array['${symbol}'], '${horizon}')`,
    ingestion_state: `select public.ingestion_state('${symbol}', '${horizon === '8h' ? '4h' : horizon}', 5)`,
    latest_window: `select public.latest_window(${subject}, ${hash})`,
    read_series: `select public.read_series(${subject})`,
    request_forecasts: `select public.request_forecasts(array['${symbol}'], '${horizon}')`,
    rollout_evidence: 'select public.rollout_evidence()',
    rollout_status: 'select public.rollout_status()',
  };
  return Object.entries(statements).map(([name, statement]) => ({ kind: 'rpc', name, statement }));
}
