// Two workers that end jobs of one run at once: what they do is committed.
import { afterAll, expect, it } from 'vitest';
import { ownerConnection } from './support/own-database.ts';
import { addEnsemble, addJob, addRun, HASH } from './support/rows.ts';

const connections = [ownerConnection(), ownerConnection()];
const [sql] = connections;
afterAll(() => Promise.all(connections.map((connection) => connection.end())));

it('jobs of a run whose results refer to it end side by side, and not in a deadlock', async () => {
  const { run, jobs } = await sql.begin(async (transaction) => {
    await addEnsemble(transaction);
    const run = await addRun(transaction, 'forecast');
    return {
      run,
      jobs: [await addJob(transaction, run, 'forecast'), await addJob(transaction, run, 'forecast')],
    };
  });
  const refer: (() => void)[] = [];
  const eachRefers = connections.map(() => new Promise<void>((resolve) => refer.push(resolve)));
  await Promise.all(
    connections.map((connection, i) =>
      connection.begin(async (worker) => {
        await worker`
          insert into public.artifacts (symbol_id, horizon, ensemble, config_hash, code_version, data_cutoff, hyperparameters, state, run_id)
          select s.id, '1D', 'candidate', ${HASH}, ${String(i)}, now(), '{}', '{}', ${run} from public.symbols s where s.symbol = 'SPY'`;
        refer[i]();
        await Promise.all(eachRefers);
        await worker`select internal.end_job(j, 'succeeded', null, null) from public.jobs j where j.id = ${jobs[i]}`;
      }),
    ),
  );
  expect(await sql`select status, jobs_done from public.runs where id = ${run}`).toEqual([
    { status: 'succeeded', jobs_done: 2 },
  ]);
});
