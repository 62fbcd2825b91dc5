import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openDataDirectory, removeDataDirectory } from '../data-directory.ts';
import { createKeys, readKeys } from '../keys.ts';
import { StackLock } from '../processes/stack-lock.ts';
import { startWatchdog } from '../processes/start-watchdog.ts';
import { type Cluster, startCluster } from './cluster.ts';
import type { DistributionSource } from './distribution.ts';
import { embeddedPostgres } from './install.ts';

/**
 * Starts a Postgres to throw away: with roles, schemas and extensions as hosted has them, without migrations. `stop` removes
 * it; when this process is killed it is ended, and its directory stays in the system's temporary directory.
 *
 * @param projectDirectory holds `node_modules/`
 * @throws {StackStartError}
 */
export async function startPostgres(projectDirectory: string): Promise<Pick<Cluster, 'url' | 'stop'>> {
  const directory = mkdtempSync(join(tmpdir(), 'plumbline-postgres-'));
  const remove = () => removeDataDirectory(openDataDirectory(directory));
  try {
    const server = await startPostgresIn(directory, (home) =>
      embeddedPostgres(resolve(projectDirectory), home),
    );
    return {
      url: server.url,
      async stop() {
        await server.stop();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}

/**
 * Starts a Postgres as {@link startPostgres} does, in a data directory that stays when it stops: a stack started there goes on
 * with its database.
 *
 * @throws {StackStartError}
 * @throws {StackAlreadyRunningError}
 */
export async function startPostgresIn(
  dataDirectory: string,
  distribution: DistributionSource,
): Promise<Pick<Cluster, 'url' | 'stop'>> {
  const directory = openDataDirectory(dataDirectory);
  const lock = await StackLock.acquire(directory.path);
  const releaseWatchdog = startWatchdog(lock);
  const clear = () => {
    releaseWatchdog();
    lock.release();
  };
  try {
    const keys = readKeys(directory.path) ?? (await createKeys(directory.path));
    const cluster = await startCluster({
      distribution: distribution(directory.postgresHome),
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
