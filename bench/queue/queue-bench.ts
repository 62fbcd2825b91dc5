import postgres from 'postgres';
import { PROJECT_DIRECTORY } from '../../src/cli/data-directory.ts';
import { readConfig } from '../../src/local/config.ts';
import { applyMigrations } from '../../src/local/migrations.ts';
import { startPostgres } from '../../src/local/postgres/start-postgres.ts';
import { applySeeds } from '../../src/local/seeds.ts';
import { againstBound, type BenchReport, type BenchResult } from '../harness/bench-result.ts';
import { describeMachine } from '../harness/machine.ts';
import { drainQueue, fillQueue } from './drain.ts';
import { twentyJobs } from './twenty-jobs.ts';

/** Steps a second, whatever waits. */
const STEPS_A_SECOND = 500;
const WAITING = [1_000, 100_000];
const CONNECTIONS = [1, 8];
/** Of each measurement, in seconds. */
const WARM_UP = 2;
const MEASURED = 8;
/** Twenty jobs through pg_net, whose worker pauses: in seconds. */
const TWENTY_JOBS = 60;
/** Answered by nobody: requests stay in pg_net's queue. */
const SECRETS = { project_url: 'http://127.0.0.1:9', cron_secret_key: 'sb_secret_of_a_bench' };

/** The queue with many jobs waiting, and twenty jobs on a whole stack. */
export async function queueBench(): Promise<BenchReport> {
  const results = await drainBench();
  const { seconds, steps, requests } = await twentyJobs();
  const note = `${steps} steps, ${requests} requests through pg_net`;
  results.push(
    againstBound({ case: 'twenty forecasts, two workers', unit: 's', target: TWENTY_JOBS, note }, [seconds]),
  );
  return { bench: 'queue', machine: describeMachine(), peers: [], results };
}

async function drainBench(): Promise<BenchResult[]> {
  const server = await startPostgres(PROJECT_DIRECTORY);
  const sql = postgres(server.url('postgres'), { max: Math.max(...CONNECTIONS) + 1, onnotice: () => {} });
  try {
    await applyMigrations(sql, PROJECT_DIRECTORY);
    await applySeeds(sql, PROJECT_DIRECTORY, readConfig(PROJECT_DIRECTORY));
    for (const [name, secret] of Object.entries(SECRETS))
      await sql`select vault.create_secret(${secret}, ${name})`;
    const results: BenchResult[] = [];
    for (const waiting of WAITING) {
      for (const connections of CONNECTIONS) {
        await fillQueue(sql, waiting);
        await drainQueue(sql, connections, WARM_UP);
        await fillQueue(sql, waiting);
        const rate = await drainQueue(sql, connections, MEASURED);
        results.push({
          case: `draining, ${waiting} waiting, ${connections} connection${connections === 1 ? '' : 's'}`,
          ours: rate,
          peer: null,
          peer_value: null,
          unit: 'steps/s',
          ratio: null,
          target: STEPS_A_SECOND,
          direction: 'at least',
          met: rate >= STEPS_A_SECOND,
        });
      }
    }
    return results;
  } finally {
    await sql.end({ timeout: 2 });
    await server.stop();
  }
}
