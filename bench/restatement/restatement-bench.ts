import postgres from 'postgres';
import { MovedClock } from '../../src/cli/rehearse/moved-clock.ts';
import { InvalidInputError } from '../../src/shared/errors/invalid-input-error.ts';
import type { BenchOptions } from '../harness/bench-options.ts';
import type { BenchReport } from '../harness/bench-result.ts';
import { describeMachine } from '../harness/machine.ts';
import { twentyJobs } from '../queue/twenty-jobs.ts';
import { prefill } from '../year/prefill/prefill.ts';
import { startYearDatabase } from '../year/year-database.ts';
import { playEvenings } from './evening.ts';
import { measureChecks } from './measure-checks.ts';
import { measureUploads } from './one-series.ts';
import { restatementResults, restatementTables } from './restatement-results.ts';

/** A Monday, and the sessions that are played. */
const FIRST_DATE = '2026-01-05';
const DATES = ['2026-01-05', '2026-01-06'] as const;
const DEFAULT_SYMBOLS = 500;
/** Sessions whose forecasts were published; and windows before them, of 250 bars after the first 1,500: with both, 20 years. */
const SESSIONS = 40;
const WINDOWS = 15;

/** What it costs when a provider restates history: one series, and every symbol's on one evening. */
export async function restatementBench(options: BenchOptions): Promise<BenchReport> {
  const machine = describeMachine();
  const symbols = countOf(options.symbols);
  const say = (line: string) => console.error(`restatement: ${line}`);

  const checks = measureChecks(options.rounds);
  const forecasts = await twentyJobs('forecast');
  const windows = await twentyJobs('validation');
  say('the costs of a fit are measured');
  const database = await startYearDatabase();
  try {
    const clock = await MovedClock.install(database.url, database.dataDirectory);
    await clock.set(new Date(`${FIRST_DATE}T06:00:00Z`));
    await prefill(database.url, {
      ...{ symbols, sessions: SESSIONS, windows: WINDOWS, daysAhead: 9, rollout: false, say },
    });
    const sql = postgres(database.url, { max: 1, onnotice: () => {} });
    // As without a rollout: one ensemble is planned.
    await sql`update public.ensembles set active = false where ensemble = 'baseline'`;
    const uploads = await measureUploads(sql, 'Y00001', FIRST_DATE).finally(() => sql.end());
    say('one series is measured');
    const evenings = await playEvenings(database, DATES);
    await clock.end();
    const measured = { symbols, uploads, evenings, forecasts, windows, checks };
    return {
      bench: 'restatement',
      machine: { ...machine, symbols, 'bars of each': uploads[1].bars },
      peers: [],
      results: restatementResults(measured),
      tables: restatementTables(measured),
    };
  } finally {
    await database.stop();
  }
}

/** @throws InvalidInputError `invalid_argument` */
function countOf(symbols: BenchOptions['symbols']): number {
  if (symbols === undefined) return DEFAULT_SYMBOLS;
  const [count] = symbols;
  if (symbols.length !== 1 || !/^[1-9]\d{0,3}$/.test(count)) {
    throw new InvalidInputError(
      'invalid_argument',
      `--symbols is ${symbols}: restatement wants how many, from 1 to 9999`,
    );
  }
  return Number(count);
}
