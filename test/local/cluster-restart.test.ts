import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import postgres from 'postgres';
import { afterEach, expect, test } from 'vitest';
import { openDataDirectory, removeDataDirectory } from '../../src/local/data-directory.ts';
import { createKeys } from '../../src/local/keys.ts';
import { type Cluster, startCluster } from '../../src/local/postgres/cluster.ts';
import { embeddedPostgres } from '../../src/local/postgres/install.ts';
import { surviveDriverFault } from '../../src/local/postgres/survive-driver-fault.ts';
import { StackLock } from '../../src/local/processes/stack-lock.ts';
import { eventually } from './support/eventually.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function supervised(told: string[]): Promise<{ cluster: Cluster; lock: StackLock }> {
  const directory = openDataDirectory(mkdtempSync(join(tmpdir(), 'plumbline-restart-')));
  undo.push(() => removeDataDirectory(directory));
  const lock = await StackLock.acquire(directory.path);
  undo.push(() => lock.release(), surviveDriverFault());
  const cluster = await startCluster({
    distribution: embeddedPostgres(resolve(import.meta.dirname, '../..'), directory.postgresHome),
    home: directory.postgresHome,
    user: directory.postgresUser,
    passwords: (await createKeys(directory.path)).databasePasswords,
    lock,
    supervisor: { ended: () => told.push('ended'), back: () => told.push('back') },
  });
  undo.push(() => cluster.stop());
  return { cluster, lock };
}

test('a server that was killed is started again once the last of its processes has ended its statement', async () => {
  const told: string[] = [];
  const { cluster, lock } = await supervised(told);
  const sql = postgres(cluster.url('postgres'), { max: 1, onnotice: () => {} });
  undo.push(() => sql.end({ timeout: 0 }));
  const [{ before }] = await sql`select now() as before`;
  // Busy for longer than a few starts take; it does not look up, and so does not see that its server is gone.
  const busy = sql
    .unsafe(`do $$ begin while clock_timestamp() < now() + interval '5 seconds' loop end loop; end $$`)
    .catch(() => {});
  const watch = postgres(cluster.url('postgres'), { max: 1, onnotice: () => {} });
  undo.push(() => watch.end({ timeout: 0 }));
  await eventually(async () => {
    const [row] = await watch`
      select 1 as busy from pg_stat_activity where state = 'active' and query like 'do %' and query_start > ${before}`;
    return row ?? null;
  }, 10_000);

  process.kill(lock.children[0].pid, 'SIGKILL');
  await eventually(() => (told.includes('back') ? true : null), 40_000);
  expect(told).toEqual(['ended', 'back']);
  await busy;
  const again = postgres(cluster.url('postgres'), { max: 1, onnotice: () => {} });
  undo.push(() => again.end({ timeout: 0 }));
  expect([...(await again`select 1 as one`)]).toEqual([{ one: 1 }]);
});
