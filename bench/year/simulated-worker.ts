import type { Sql } from 'postgres';
import type { Timings } from './timings.ts';

/** A job as `claim_job` gives it. */
interface ClaimedJob {
  readonly id: number;
  readonly lease_token: string;
  readonly kind: string;
  readonly checkpoint: unknown;
  readonly config_hash: string;
  readonly payload: {
    readonly symbol: string;
    readonly horizon: string;
    readonly timeframe?: string;
    readonly last_bar?: number;
  };
}

const DEADLOCK = '40P01';
const KINDS = ['forecast', 'evaluate_rollout', 'ingest', 'check_divergence', 'validate_window'];
const CODE_VERSION = 'simulated';
/** One job in so many is read for, and saved on its way, as a worker does it with every one. */
const WHOLE_JOBS = 8;
/** Bars that a fit reads. */
const BARS = 1250;

/**
 * Works jobs off as the functions do, rpc by rpc, but with drawn results in the place of fits.
 *
 * @param sql one connection
 * @param onDeadlock told of each completion that met one
 */
export async function workJobsOff(
  sql: Sql,
  timings: Timings,
  onDeadlock: (job: string) => void,
): Promise<void> {
  for (let job = await claim(sql, timings); job !== null; job = await claim(sql, timings)) {
    if (job.kind === 'evaluate_rollout') {
      await timings.time('rpc', 'rollout_evidence', () => sql`select public.rollout_evidence()`);
    } else if (job.id % WHOLE_JOBS === 0 && job.checkpoint === null) {
      await readFor(sql, timings, job);
      if (job.kind === 'forecast' || job.kind === 'validate_window') {
        await saveStep(sql, timings, job);
        continue;
      }
    }
    timings.record('rpc', `complete_job ${job.kind}`, await complete(sql, job, onDeadlock));
  }
}

async function claim(sql: Sql, timings: Timings): Promise<ClaimedJob | null> {
  const [{ job }] = await timings.time(
    'rpc',
    'claim_job',
    () => sql<{ job: ClaimedJob | null }[]>`select public.claim_job(${KINDS}, ${CODE_VERSION}) as job`,
  );
  return job;
}

/** The job goes back to the queue, to be claimed again. */
async function saveStep(sql: Sql, timings: Timings, { id, lease_token: token }: ClaimedJob): Promise<void> {
  await timings.time(
    'rpc',
    'save_step',
    () => sql`select public.save_step(${id}, ${token}, '{"phase": "tune"}', 0.5)`,
  );
}

/** Milliseconds that it took. A worker that meets a deadlock loses its step: here it asks once more. */
async function complete(sql: Sql, job: ClaimedJob, onDeadlock: (job: string) => void): Promise<number> {
  try {
    const [{ ms }] = await sql<{ ms: number }[]>`select simulated.complete(${sql.json(job as never)}) as ms`;
    return ms;
  } catch (error) {
    if ((error as { code?: string }).code !== DEADLOCK) throw error;
    onDeadlock(`job ${job.id}, ${job.kind}`);
    return complete(sql, job, onDeadlock);
  }
}

/** What the functions read for a job before they compute. */
async function readFor(sql: Sql, timings: Timings, job: ClaimedJob): Promise<void> {
  const { symbol, horizon, timeframe, last_bar: last } = job.payload;
  if (job.kind === 'ingest') {
    await timings.time(
      'rpc',
      'ingestion_state',
      () => sql`select public.ingestion_state(${symbol}, ${timeframe!}, 5)`,
    );
  } else if (job.kind === 'forecast') {
    await timings.time(
      'rpc',
      'read_series',
      () => sql`select public.read_series(${symbol}, ${horizon}, ${Math.max(0, last! + 1 - BARS)}, ${BARS})`,
    );
    await timings.time(
      'rpc',
      'forecast_context',
      () => sql`select public.forecast_context(${symbol}, ${horizon}, ${job.config_hash})`,
    );
  }
}
