import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { PlumblineError } from '../shared/errors/plumbline-error.ts';
import { type DataDirectory, type OperatingSystemUser, openDataDirectory } from './data-directory.ts';
import { diskFull, requireRoom } from './disk-space.ts';
import { isInitialised } from './postgres/cluster.ts';
import { execute } from './postgres/execute.ts';
import { StackLock } from './processes/stack-lock.ts';

/** A backup that cannot be made or restored; nothing was changed. */
class BackupError extends PlumblineError {
  declare readonly code: 'no_database' | 'file_exists' | 'backup_failed' | 'not_a_backup' | 'database_exists';
}

/** In the data directory; without them a stack cannot open the database, or asks again what deploy had found out. */
const BESIDE_DATABASE = ['keys.json', 'canary'];
/** In the home of Postgres. The second says that the first is whole, and comes last. */
const DATABASE = ['cluster', 'cluster.initialised'];
const DRAFT = 'restore.partial';

/**
 * Writes everything that a stopped stack keeps to a compressed tar archive, which only this user may read: it holds keys and passwords. What a
 * start makes again is left out.
 *
 * @throws {StackAlreadyRunningError} while a stack runs; {BackupError}; {DiskFullError}
 */
export async function backUp(dataDirectory: string, file: string): Promise<void> {
  const path = resolve(file);
  if (existsSync(path)) throw new BackupError('file_exists', `${path} exists: name a new file`);
  if (!existsSync(dataDirectory)) throw noDatabase(dataDirectory);
  const directory = openDataDirectory(dataDirectory);
  const lock = await StackLock.acquire(directory.path);
  const partial = `${path}.partial`;
  try {
    if (!isInitialised(directory.postgresHome)) throw noDatabase(directory.path);
    const beside = BESIDE_DATABASE.filter((name) => existsSync(join(directory.path, name)));
    writeFileSync(partial, '', { mode: 0o600 });
    await tar(
      [
        '-czf',
        partial,
        '--exclude=postmaster.pid',
        '-C',
        directory.path,
        ...beside,
        '-C',
        directory.postgresHome,
        ...DATABASE,
      ],
      dirname(path),
    );
    renameSync(partial, path);
  } finally {
    rmSync(partial, { force: true });
    lock.release();
  }
}

/**
 * Puts what {@link backUp} has written into a data directory without a database, for the next start.
 *
 * @throws {StackAlreadyRunningError} while a stack runs; {BackupError}; {DiskFullError}
 */
export async function restore(dataDirectory: string, file: string): Promise<void> {
  const path = resolve(file);
  if (!existsSync(path)) throw new BackupError('not_a_backup', `${path} does not exist`);
  requireRoom(dataDirectory);
  const directory = openDataDirectory(dataDirectory);
  const lock = await StackLock.acquire(directory.path);
  const draft = join(directory.postgresHome, DRAFT);
  try {
    if (isInitialised(directory.postgresHome)) {
      throw new BackupError(
        'database_exists',
        `${directory.path} holds a database: restore into another directory with --data DIR, or move this one away`,
      );
    }
    rmSync(draft, { recursive: true, force: true });
    mkdirSync(draft, { mode: 0o700 });
    // Owned by whoever restores, not by whoever has made it.
    await tar(['-xzof', path, '-C', draft], directory.postgresHome);
    if (!['keys.json', ...DATABASE].every((name) => existsSync(join(draft, name)))) {
      throw new BackupError(
        'not_a_backup',
        `${path} is no backup of a stack: npm run plumbline -- backup makes one`,
      );
    }
    moveIn(draft, directory);
  } finally {
    rmSync(draft, { recursive: true, force: true });
    lock.release();
  }
}

function moveIn(draft: string, { path, postgresHome, postgresUser }: DataDirectory): void {
  if (postgresUser !== null) giveAway(join(draft, 'cluster'), postgresUser);
  for (const name of BESIDE_DATABASE) {
    // The two places may be on two file systems.
    if (existsSync(join(draft, name))) cpSync(join(draft, name), join(path, name), { recursive: true });
  }
  for (const name of DATABASE) {
    rmSync(join(postgresHome, name), { recursive: true, force: true });
    renameSync(join(draft, name), join(postgresHome, name));
  }
}

function giveAway(directory: string, { uid, gid }: OperatingSystemUser): void {
  chownSync(directory, uid, gid);
  for (const entry of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    chownSync(join(directory, entry), uid, gid);
  }
}

/** @param target what may become full */
async function tar(args: readonly string[], target: string): Promise<void> {
  try {
    await execute('tar', args, { env: { PATH: process.env.PATH, LC_ALL: 'C' } });
  } catch (error) {
    throw (
      diskFull(target, error) ??
      new BackupError('backup_failed', `The program tar failed: ${(error as Error).message}`)
    );
  }
}

function noDatabase(path: string): BackupError {
  return new BackupError(
    'no_database',
    `${path} holds no database to back up: name the stack's directory with --data DIR`,
  );
}
