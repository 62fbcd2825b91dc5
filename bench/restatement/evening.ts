import { readFileSync } from 'node:fs';
import postgres from 'postgres';
import { Simulation } from '../year/simulation.ts';
import { Timings } from '../year/timings.ts';
import type { YearDatabase } from '../year/year-database.ts';

/** What became of an evening. */
export interface Evening {
  readonly date: string;
  /** Ingest jobs, and those of them that replaced a series whole. */
  readonly ingested: number;
  readonly restated: number;
  /** Bars that changed. */
  readonly changed: number;
  readonly forecasts: number;
  readonly windows: number;
  /** Seconds of SQL that storing all of them took, one after the other; and the largest. */
  readonly storing: number;
  readonly largestStoring: number;
  /** Seconds from the last series stored to the last forecast planned, by the simulated clock; below 0 when it came before. */
  readonly plannedAfter: number;
  /** Seconds of the largest call of the schedule, and its name. */
  readonly largestTick: number;
  readonly largestTickName: string;
  readonly faults: readonly string[];
}

const RESTATED_BY = 0.995;

/**
 * Plays a session on which nothing is restated and one on whose evening every series is, each to its end: the real planner, queue and
 * storing, with drawn results in the place of fits.
 *
 * @param dates two sessions in a row
 */
export async function playEvenings(
  database: YearDatabase,
  dates: readonly [string, string],
): Promise<[Evening, Evening]> {
  const sql = postgres(database.url, { max: 1, onnotice: () => {} });
  try {
    await sql.unsafe(readFileSync(new URL('./dividend.sql', import.meta.url), 'utf8'));
    const usual = await play(database, sql, dates[0]);
    await sql`insert into simulated.dividend (ex_date, factor) values (${dates[1]}, ${RESTATED_BY})`;
    return [usual, await play(database, sql, dates[1])];
  } finally {
    await sql.end();
  }
}

async function play(database: YearDatabase, sql: postgres.Sql, date: string): Promise<Evening> {
  const timings = new Timings();
  const simulation = new Simulation(database, timings);
  await simulation.playDay(date);
  await simulation.end();
  const months = timings.months();
  const storing = months.find(({ name }) => name === 'complete_job ingest');
  const [largest] = months.filter(({ kind }) => kind === 'scheduled').sort((a, b) => b.largest - a.largest);
  // The series are fetched twice a day: after the close, and late.
  const [row] = await sql<Omit<Evening, 'date' | 'storing' | 'largestStoring'>[]>`
    with evening as (
      select j.* from public.jobs j join public.runs r on r.id = j.run_id
      where r.created_at > internal.new_york_time(${date}::date, '15:00')
        and r.created_at < internal.new_york_time(${date}::date + 1, '09:00')
    ), stored as (
      select max(e.finished_at) as last from evening e where e.kind = 'ingest' and (e.result ->> 'inserted')::integer > 0
    )
    select count(*) filter (where e.kind = 'ingest')::integer as ingested,
      count(*) filter (where e.kind = 'ingest' and e.result ->> 'whole' = 'true')::integer as restated,
      coalesce(sum((e.result ->> 'changed')::integer) filter (where e.kind = 'ingest'), 0)::integer as changed,
      count(*) filter (where e.kind = 'forecast')::integer as forecasts,
      count(*) filter (where e.kind = 'validate_window')::integer as windows,
      extract(epoch from max(e.created_at) filter (where e.kind = 'forecast') - max(s.last))::float8 as "plannedAfter"
    from evening e cross join stored s`;
  return {
    ...row,
    date,
    storing: (storing?.total ?? 0) / 1_000,
    largestStoring: (storing?.largest ?? 0) / 1_000,
    largestTick: (largest?.largest ?? 0) / 1_000,
    largestTickName: largest?.name ?? '',
    faults: simulation.faults,
  };
}
