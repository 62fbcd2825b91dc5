import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { LOCK_FILE, openDataDirectory, removeDataDirectory } from '../data-directory.ts';
import { createKeys } from '../keys.ts';
import { StackLock } from '../processes/stack-lock.ts';
import { startWatchdog } from '../processes/start-watchdog.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { installPostgres } from './install.ts';

/**
 * Starts a Postgres to throw away: with roles, schemas and extensions as hosted has them, without migrations. `stop` removes
 * it; when this process is killed it is ended, and its directory stays in the system's temporary directory.
 *
 * @param projectDirectory holds `node_modules/`
 * @throws {StackStartError}
 */
export async function startPostgres(projectDirectory: string): Promise<Pick<Cluster, 'url' | 'stop'>> {
  const directory = openDataDirectory(mkdtempSync(join(tmpdir(), 'plumbline-postgres-')));
  const lock = await StackLock.acquire(join(directory.path, LOCK_FILE), directory.path);
  const releaseWatchdog = startWatchdog(lock);
  const clear = () => {
    releaseWatchdog();
    lock.release();
    removeDataDirectory(directory);
  };
  try {
    const keys = await createKeys(directory.path);
    const cluster = await startCluster({
      install: installPostgres(resolve(projectDirectory), directory.postgresHome),
      home: directory.postgresHome,
      user: directory.postgresUser,
      passwords: keys.databasePasswords,
      fsync: false,
      lock,
    });
    return {
      url: cluster.url,
      async stop() {
        await cluster.stop();
        clear();
      },
    };
  } catch (error) {
    clear();
    throw error;
  }
}
