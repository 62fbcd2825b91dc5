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

/** What a list of forecasts shows of each: all but the quantiles, their levels and what is told of the members. */
const OVERVIEW = [
  ...['symbol', 'horizon', 'ensemble', 'data_cutoff', 'target_time', 'issued_at', 'last_close'],
  ...['forecast_price', 'forecast_return', 'probability_up', 'direction', 'confidence'],
  ...['lower_80', 'upper_80', 'lower_95', 'upper_95'],
].join(', ');

/** As much as one answer of the API holds (`max_rows`). */
const MOST_ROWS = 1_000;

/** How apps ask for forecasts (docs/http-api.md), for what is missing, for the first of the board, and for assignments, by what is added to the view's name. */
const REQUESTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  current_forecasts: {
    ' of a symbol': `select * from public.current_forecasts where symbol = 'Y00001'`,
    ', a page of 100': 'select * from public.current_forecasts order by symbol, horizon limit 100',
    ', an overview of 1,000': `select ${OVERVIEW} from public.current_forecasts order by symbol, horizon limit ${MOST_ROWS}`,
    ', the last page of 100':
      'select * from public.current_forecasts order by symbol desc, horizon desc limit 100',
    // What docs/http-api.md asks apps to read by pages of 100.
    ', 1,000 with all columns': `select * from public.current_forecasts order by symbol, horizon limit ${MOST_ROWS}`,
  },
  vw_forecasts: {
    ', the latest 100 of a series': `select * from public.vw_forecasts where symbol = 'Y00001' and horizon = '1D' order by data_cutoff desc limit 100`,
    ', the latest 100': 'select * from public.vw_forecasts order by data_cutoff desc limit 100',
  },
  vw_forecast_presence: {
    ' of a symbol': `select * from public.vw_forecast_presence where symbol = 'Y00001'`,
    ', what is missing': `select * from public.vw_forecast_presence where state <> 'there'`,
    ', 1,000 in order': `select * from public.vw_forecast_presence order by state, symbol, horizon, ensemble limit ${MOST_ROWS}`,
  },
  vw_canary_board: {
    '': 'select * from public.vw_canary_board order by needs_attention desc, symbol, horizon limit 100',
  },
  vw_horizon_assignments: {
    ' of a symbol': `select * from public.vw_horizon_assignments where symbol = 'Y00001'`,
    ', 1,000 in order': `select * from public.vw_horizon_assignments order by symbol, horizon limit ${MOST_ROWS}`,
  },
  vw_ensemble_assignments: {
    ' of a symbol': `select * from public.vw_ensemble_assignments where symbol = 'Y00001'`,
    ', 1,000 in order': `select * from public.vw_ensemble_assignments order by symbol, horizon, ensemble limit ${MOST_ROWS}`,
  },
};

/** Every view, as an app or the dashboard reads it: whole, but for {@link REQUESTS}. */
export async function viewCalls(sql: Sql | TransactionSql): Promise<Call[]> {
  const rows = await sql<{ name: string }[]>`
    select c.relname as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'v' order by 1`;
  return rows.flatMap(({ name }) =>
    Object.entries(REQUESTS[name] ?? { '': `select * from public.${name}` }).map(
      ([how, statement]): Call => ({ kind: 'view', name: name + how, statement }),
    ),
  );
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
