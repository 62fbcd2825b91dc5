import { readFileSync } from 'node:fs';
import postgres, { type Sql } from 'postgres';
import { goodCandidate, legacyBaseline } from '../../../src/cli/rehearse/rehearsal-configurations.ts';
import type { Horizon } from '../../../src/shared/series/horizon.ts';
import { CODE_VERSION } from '../../../src/shared/version.ts';

/** A database as it is after a time. */
export interface PrefillOptions {
  /** Active symbols; the ones that were there become inactive. */
  readonly symbols: number;
  /** Sessions that were forecast, the last one whose deadline has passed by the database's clock. */
  readonly sessions: number;
  /** Default `['1D']`. */
  readonly horizons?: readonly Horizon[];
  /** Windows that each weekly validation covers, and bars enough for; default 4, the setting's. */
  readonly windows?: number;
  /** Bytes of a stored fit; default 60,000. */
  readonly artifactBytes?: number;
  /** Sessions since the running rollout came to its last stage; default 15. */
  readonly stageSessions?: number;
  /** Whether a rollout runs, after one that was rolled back; default true. */
  readonly rollout?: boolean;
  /** Days from now on whose bars can be drawn, for whoever goes on from there; default none. */
  readonly daysAhead?: number;
  /** Connections that fill it; default 2. */
  readonly connections?: number;
  readonly say?: (line: string) => void;
}

/** Rows of one transaction: symbols times sessions. */
const CHUNK = 1_000;

/**
 * Fills a migrated database, in SQL alone, with what `sessions` sessions of the schedule leave behind: bars, runs, jobs, forecasts of both
 * ensembles and their outcomes, weekly windows, artifacts, requests, ticks, reports, alerts and a rollout that runs. Keys, cutoffs and times
 * are the ones that planning and the calendar give, so that the schedule goes on from there and finds nothing to make up for. What it was drawn from
 * stays in the schema `simulated`.
 *
 * @param url of a database with the project's migrations, as its owner; deadlines of a session in progress are not met
 */
export async function prefill(url: string, options: PrefillOptions): Promise<void> {
  const { symbols, sessions, horizons = ['1D'], connections = 2, say = () => {} } = options;
  const [candidate, baseline] = [goodCandidate(), legacyBaseline()];
  const plan = JSON.stringify({
    ...{ symbols, sessions, horizons, code_version: CODE_VERSION },
    ...{ windows: options.windows ?? 4, artifact_bytes: options.artifactBytes ?? 60_000 },
    ...{ stage_sessions: options.stageSessions ?? 15, days_ahead: options.daysAhead ?? 0 },
    rollout: options.rollout ?? true,
    ...{ candidate_hash: candidate.hash, baseline_hash: baseline.hash },
  });
  const ensembles = JSON.stringify([
    { ensemble: 'candidate', configuration: candidate.configuration, config_hash: candidate.hash },
    { ensemble: 'baseline', configuration: baseline.configuration, config_hash: baseline.hash },
  ]);
  const sql = postgres(url, {
    max: connections,
    onnotice: () => {},
    connection: { work_mem: '256MB', jit: 'off' },
  });
  try {
    await run(sql, 'set-up', { PLAN: plan, ENSEMBLES: ensembles });
    await run(sql, 'rows', {});
    await run(sql, 'worker', {});
    await run(sql, 'symbols', {});
    say('the calendar and the registry are there');
    await run(sql, 'rollout', {});
    const steps = [
      { file: 'bars', ranges: ranges(1, symbols, 20) },
      { file: 'sessions', ranges: ranges(0, sessions - 1, Math.ceil(CHUNK / symbols)) },
      { file: 'outcomes', ranges: ranges(0, sessions - 1, Math.ceil(CHUNK / symbols)) },
    ];
    for (const { file, ranges } of steps) {
      const left = [...ranges];
      await Promise.all(
        Array.from({ length: connections }, async () => {
          for (let range = left.shift(); range !== undefined; range = left.shift()) {
            await run(sql, file, { FIRST: String(range[0]), LAST: String(range[1]) });
            say(`${file}: ${ranges.length - left.length} of ${ranges.length}`);
          }
        }),
      );
      // As autovacuum would have: what follows joins what was stored.
      await sql`analyze`;
    }
    await run(sql, 'upkeep', {});
    // As reconcile compares them, piece by piece.
    for (let compared = 1; compared > 0; )
      [{ compared }] = await sql<{ compared: number }[]>`select internal.compare_pairs(2000) as compared`;
    say('the pairs are compared');
    // Their rows were written for each session within minutes, a project's once a day: what was there before is still on their pages.
    await sql`vacuum full public.outcome_sums, public.outcome_pair_sums, public.pair_sums_by_series`;
    await sql`vacuum analyze`;
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** Runs a file of this directory in one transaction, its words in capitals replaced. */
async function run(sql: Sql, file: string, words: Readonly<Record<string, string>>): Promise<void> {
  const text = readFileSync(new URL(`./${file}.sql`, import.meta.url), 'utf8');
  const script = Object.entries(words).reduce(
    (script, [word, by]) => script.replaceAll(word, () => by),
    text,
  );
  await sql.begin((transaction) => transaction.unsafe(script));
}

/** From `first` to `last` in pieces. */
function ranges(first: number, last: number, length: number): [number, number][] {
  return Array.from({ length: Math.ceil((last - first + 1) / length) }, (_, i) => [
    first + i * length,
    Math.min(first + (i + 1) * length - 1, last),
  ]);
}
