import postgres from 'postgres';
import { MovedClock } from '../../src/cli/rehearse/moved-clock.ts';
import { parseJson } from '../../src/shared/contracts/parse.ts';
import { type RolloutEvidence, rolloutEvidenceSchema } from '../../src/shared/contracts/rollout-evidence.ts';
import { HORIZONS } from '../../src/shared/series/horizon.ts';
import { prefill } from '../year/prefill/prefill.ts';
import { startYearDatabase } from '../year/year-database.ts';

const SYMBOLS = 500;
const SESSIONS = 60;
/** A Monday before its session: no deadline is being waited for. */
const NOW = new Date('2026-01-05T06:00:00Z');

/** The evidence of a rollout, and what it took to read it. */
export interface ReadEvidence {
  readonly evidence: RolloutEvidence;
  /** Of the document as the database sends it. */
  readonly bytes: number;
  /** Wall-clock time of each call. */
  readonly milliseconds: readonly number[];
}

/**
 * Fills a database with {@link SESSIONS} sessions of a rollout's last stage, every pair of forecasts compared, and reads its evidence.
 *
 * @param calls how often
 */
export async function readEvidence(calls: number): Promise<ReadEvidence> {
  const database = await startYearDatabase();
  const sql = postgres(database.url, { max: 1, onnotice: () => {} });
  try {
    const clock = await MovedClock.install(database.url, database.dataDirectory);
    await clock.set(NOW);
    await prefill(database.url, {
      ...{ symbols: SYMBOLS, sessions: SESSIONS, stageSessions: SESSIONS, horizons: HORIZONS },
      // Nobody reads what was fitted.
      ...{ windows: 1, artifactBytes: 100 },
      say: (line) => console.error(`evidence: ${line}`),
    });
    let document = '';
    const milliseconds: number[] = [];
    for (let call = 0; call < calls; call++) {
      const began = performance.now();
      [{ document }] = await sql<{ document: string }[]>`select public.rollout_evidence()::text as document`;
      milliseconds.push(performance.now() - began);
    }
    await clock.end();
    return {
      evidence: parseJson(rolloutEvidenceSchema, document, 'The evidence'),
      bytes: Buffer.byteLength(document),
      milliseconds,
    };
  } finally {
    await sql.end({ timeout: 5 });
    await database.stop();
  }
}
