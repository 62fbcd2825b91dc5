import type postgres from 'postgres';

/** Jobs that share a run. */
const JOBS_A_RUN = 20;

/**
 * Fills the queue: as many claimable jobs of a kind of their own, and a tenth of them more before and behind them that may not be claimed:
 * their time has not come, or their attempts are used up.
 */
export async function fillQueue(sql: postgres.Sql, waiting: number): Promise<void> {
  await sql.unsafe(`
    create or replace function internal.store_drained(p_job public.jobs, p_result jsonb) returns jsonb
    language sql as 'select p_result';
    insert into public.job_kinds (kind, worker, stores_result, priority, description)
    values ('drain', 'forecast-worker', 'store_drained', 10, 'A job of the bench.') on conflict do nothing;
    delete from public.runs;
    delete from public.worker_requests;`);
  const rows = Math.round(waiting * 1.1);
  await sql`
    with added as (
      insert into public.runs (kind, idempotency_key, requested_via, jobs_total)
      select 'drain', 'drain ' || n, 'schedule', ${JOBS_A_RUN}
      from generate_series(1, ${Math.ceil(rows / JOBS_A_RUN)}::integer) n
      returning id, split_part(idempotency_key, ' ', 2)::integer as n
    )
    insert into public.jobs (run_id, kind, idempotency_key, payload, priority, run_after, attempts)
    select a.id, 'drain', 'drain ' || j, '{}', 10,
      now() + case when j % 22 = 0 then interval '1 hour' else '0' end, case when j % 22 = 1 then 5 else 0 end
    from generate_series(1, ${rows}::integer) j join added a on a.n = 1 + (j - 1) / ${JOBS_A_RUN}`;
  // What was deleted to make room is autovacuum's, a minute later.
  await sql`vacuum analyze public.jobs, public.runs`;
}

/**
 * Works on the queue as workers do, by the same rpcs: half of the claims end with a checkpoint, half with a result.
 *
 * @returns steps a second: claims whose step was stored
 */
export async function drainQueue(sql: postgres.Sql, connections: number, seconds: number): Promise<number> {
  const began = performance.now();
  const end = began + seconds * 1_000;
  let steps = 0;
  const worker = async () => {
    const connection = await sql.reserve();
    try {
      while (performance.now() < end) {
        const [{ job }] = await connection`select public.claim_job('{drain}', 'bench') as job`;
        if (job === null) return;
        if (job.checkpoint === null)
          await connection`select public.save_step(${job.id}, ${job.lease_token}, '{"at": 1}', 0.5)`;
        else await connection`select public.complete_job(${job.id}, ${job.lease_token}, '{}')`;
        steps += 1;
      }
    } finally {
      connection.release();
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  return steps / ((performance.now() - began) / 1_000);
}
