// Growth costs nothing: what the schedule, the functions and the apps ask the database reads as many rows after a hundred sessions as after twenty, and
// scans no table that grows. By Postgres's own counts of the rows that it read, so no clock is needed.
import type { Sql } from 'postgres';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Call, rpcCalls, snippetCalls, viewCalls } from '../../bench/year/calls.ts';
import { prefill } from '../../bench/year/prefill/prefill.ts';
import { openDataDirectory, removeDataDirectory } from '../../src/local/data-directory.ts';
import { copyProjectData, startDatabase } from '../support/project-data.ts';
import { ExplainedConnection, type TableReads } from './support/rows-read.ts';

/** The same place in the week, so that as many windows are due. */
const SESSIONS = { young: 21, old: 86 };
/** The stage of the rollout is as old as the database, but for these. */
const BEFORE_THE_STAGE = 11;
/** A series is read whole in places: a year adds a ninth to its bars. */
const MOST_GROWTH = 1.1;
/**
 * Rows by which a call may differ all the same: ages differ in more than length, such as where their weeks begin, and Postgres counts a loop that
 * gives less than half a row on average as none: a session's 18 forecasts, looked up twice, may not be seen. A series has 65 more of everything.
 */
const FEW = 40;

/** To be asked for one symbol and horizon, or for some days: of that they give all that there is. Windows are kept as long as `retention_days` says. */
const REPORTS = ['vw_divergence_trends', 'vw_daily_divergence', 'vw_valid_windows'];
/** A page is longer than the young series, and a series that is not much longer is read whole; never a table. */
const LONGER_THAN_YOUNG = 'view vw_forecasts, the latest 100 of a series';

/** What was read of each table, by call, and how many rows each table has. */
interface Age {
  readonly reads: ReadonlyMap<string, ReadonlyMap<string, TableReads>>;
  readonly sizes: ReadonlyMap<string, number>;
}

/** Every tick and slot of the schedule, as cron's jobs would perform it now. */
async function scheduledCalls(sql: Sql): Promise<Call[]> {
  const rows = await sql<{ name: string; statement: string }[]>`
    select format('tick %s', t.job) as name, format('select internal.%I(now())', t.calls) as statement from public.schedule_ticks t
    union all
    select format('slot %s', s.slot), format('select internal.%I(%L, %L, now())', s.calls, (now() at time zone 'America/New_York')::date,
      coalesce(s.local_times[1], '17:00'))
    from public.schedule_slots s
    order by 1`;
  return rows.map((row) => ({ kind: 'scheduled', ...row }));
}

/** How many times as many rows a call may read: the judge is given up to 60 sessions of a stage, and the young one has ten. */
const mostGrowth = (call: string) =>
  call === 'rpc rollout_evidence'
    ? (SESSIONS.old - BEFORE_THE_STAGE) / (SESSIONS.young - BEFORE_THE_STAGE)
    : MOST_GROWTH;

function isExcepted(call: string): boolean {
  return REPORTS.some((name) => call === name || call.endsWith(` ${name}`));
}

async function measure(sessions: number): Promise<Age> {
  const directory = await copyProjectData();
  const server = await startDatabase(directory);
  try {
    const { sql, take } = await ExplainedConnection.open(server.url('supabase_admin'));
    // What is kept for days is the same at both ages, and takes longest to make.
    await sql`
      update public.settings set value = value || '{"cron_history": 1, "cron_ticks": 1, "worker_requests": 1}' where name = 'retention_days'`;
    await prefill(server.url('postgres'), {
      ...{
        symbols: 3,
        sessions,
        horizons: ['1D', '4h', '8h'],
        windows: 2,
        artifactBytes: 1_000,
        stageSessions: sessions - BEFORE_THE_STAGE,
      },
    });
    const reads = new Map<string, ReadonlyMap<string, TableReads>>();
    const call = async (name: string, statement: string) => {
      take();
      await sql.unsafe(statement);
      reads.set(name, take());
    };

    const calls = [...(await scheduledCalls(sql)), ...(await viewCalls(sql)), ...snippetCalls()];
    for (const { kind, name, statement } of [
      ...calls,
      ...rpcCalls('Y00001', '1D'),
      ...rpcCalls('Y00001', '4h'),
    ]) {
      // It runs the snippets twenty times over.
      if (name === 'slot measure_health') continue;
      await sql`begin`;
      await call(`${kind} ${name}`, statement);
      await sql`rollback`;
    }

    // A session later: every series has a new bar, and what is planned from it is worked off.
    await sql`begin`;
    await sql`
      update public.bars b set ingested_at = now() from public.symbols s
      where s.id = b.symbol_id and s.active
        and b.bar_time = (select max(x.bar_time) from public.bars x where x.symbol_id = b.symbol_id and x.timeframe = b.timeframe)`;
    await call('new bars: score_outcomes', 'select public.score_outcomes()');
    await call('new bars: plan_work', 'select public.plan_work()');
    await call('new bars: watch_rollout', 'select internal.watch_rollout()');
    const claim = `select public.claim_job('{forecast, validate_window}', '1') as job`;
    const held = `(select (job ->> 'id')::bigint as id, (job ->> 'lease_token')::uuid as token, job from pg_temp.claimed)`;
    await call('rpc claim_job', `create temporary table claimed as ${claim}`);
    await call(
      'rpc save_step',
      `select public.save_step(h.id, h.token, '{"phase": "tune"}', 0.5) from ${held} h`,
    );
    await call('rpc claim_job of a checkpoint', `update pg_temp.claimed set job = (${claim})`);
    await sql`update pg_temp.claimed set job = job || jsonb_build_object('result', simulated.result(job))`;
    await call(
      'rpc complete_job',
      `select public.complete_job(h.id, h.token, h.job -> 'result') from ${held} h`,
    );
    await sql.unsafe(`update pg_temp.claimed set job = (${claim})`);
    await call(
      'rpc fail_job',
      `select public.fail_job(h.id, h.token, 'broken', 'It broke', true) from ${held} h`,
    );
    await call(
      'rpc ingest_bars',
      `select public.ingest_bars('Y00001', '4h', 'alpaca', 'iex', 'all', simulated.bars_now('Y00001', '4h'))`,
    );
    await sql`rollback`;

    const sizes = await sql<{ name: string; rows: number }[]>`
      select c.relname as name, c.reltuples::integer as rows from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace`;
    await sql.end();
    return { reads, sizes: new Map(sizes.map(({ name, rows }) => [name, rows])) };
  } finally {
    await server.stop();
    removeDataDirectory(openDataDirectory(directory));
  }
}

describe('a database of 86 sessions beside one of 21', () => {
  let young: Age;
  let old: Age;
  let growing: readonly string[];
  beforeAll(async () => {
    [young, old] = await Promise.all([measure(SESSIONS.young), measure(SESSIONS.old)]);
    growing = [...old.sizes]
      .filter(([name, rows]) => rows > MOST_GROWTH * (young.sizes.get(name) ?? 0) + FEW)
      .map(([name]) => name);
  });

  /** What was read of tables that grow. */
  function* ofGrowing(): Generator<{ call: string; table: string; before: number } & TableReads> {
    for (const [call, tables] of old.reads) {
      for (const [table, read] of tables) {
        if (growing.includes(table))
          yield { call, table, before: young.reads.get(call)?.get(table)?.rows ?? 0, ...read };
      }
    }
  }

  it('has more of everything that is kept', () => {
    expect(growing).toEqual(
      expect.arrayContaining([
        'forecasts',
        'forecast_outcomes',
        'runs',
        'jobs',
        'slot_runs',
        'ensemble_validation_metrics',
      ]),
    );
  });

  it('reads as many rows for each call', () => {
    const grown = [...ofGrowing()]
      .filter(
        ({ call, rows, before }) =>
          rows > mostGrowth(call) * before + FEW && !isExcepted(call) && call !== LONGER_THAN_YOUNG,
      )
      .map(
        ({ call, table, before, rows }) =>
          `${call} reads ${rows} rows of ${table}, after ${SESSIONS.young} sessions ${before}`,
      );
    expect(grown).toEqual([]);
  });

  it('scans no table that grows', () => {
    const scanned = [...ofGrowing()]
      .filter(({ call, scans }) => scans.length > 0 && !isExcepted(call))
      .map(({ call, table, scans }) => `${call} scans ${table}: ${[...new Set(scans)].join(', ')}`);
    expect(scanned).toEqual([]);
  });
});
