import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { StackStartError } from './errors/stack-start-error.ts';

/** The user Postgres runs as when this process is root, because Postgres refuses to run as root. */
export interface OperatingSystemUser {
  readonly uid: number;
  readonly gid: number;
}

/** Where the stack keeps its files. */
export interface DataDirectory {
  /** What the caller named: the lock, keys.json, the logs, and the database or a link to it. */
  readonly path: string;
  /** Where the database lives: `path`, or a place that user `nobody` can reach when this process is root. */
  readonly postgresHome: string;
  /** Null unless this process is root. */
  readonly postgresUser: OperatingSystemUser | null;
}

/** Says which stack runs. */
export const LOCK_FILE = 'stack.lock';
/**
 * Says that a directory is a stack's: nothing is changed or removed in one that holds something and not this. A running stack has it locked,
 * see StackLock, so nobody removes or replaces it.
 */
export const MARKER = 'plumbline-data';
const MARKER_TEXT = 'The data of an embedded Supabase: `npm start -- --fresh` empties it.\n';
const LINK = 'postgres-home';
/** What a stack makes in its data directory, also one that did not come to its end. Nothing else is ever removed. */
const OWN_ENTRIES =
  /^(stack\.lock(\.\d+|\.stale-\d+)?|keys\.json(\.new)?|postgres-\d+\.[\w.-]+|postgres\.log|cluster(\.initialised)?|deno|initial-password|canary|restore\.partial)$/;

/**
 * Creates the directory if need be and finds out who Postgres runs as and where its files can be.
 *
 * @throws {StackStartError} `data_directory_unusable` when it is no directory, holds something that is not a stack's (a mistyped
 *   path must not cost anybody their files), belongs to another user, or the system does not allow it. Nothing was changed then
 */
export function openDataDirectory(directory: string): DataDirectory {
  const path = resolve(directory);
  try {
    return open(path);
  } catch (error) {
    if (error instanceof StackStartError || (error as NodeJS.ErrnoException).code === undefined) throw error;
    throw unusable(path, `cannot be used: ${(error as Error).message}. Choose another with --data DIR.`);
  }
}

function open(path: string): DataDirectory {
  const postgresUser = process.getuid?.() === 0 ? nobody() : null;
  if (existsSync(path)) requireOurs(path);
  else mkdirSync(path, { recursive: true });
  // Root's directory must let `nobody` through to the database; what is secret in it has its own mode.
  chmodSync(path, postgresUser === null ? 0o700 : 0o711);
  const marker = join(path, MARKER);
  if (!existsSync(marker)) writeFileSync(marker, MARKER_TEXT, { mode: 0o600 });
  if (postgresUser === null) return { path, postgresHome: path, postgresUser };
  if (isReachableByOthers(path)) return { path, postgresHome: path, postgresUser };
  return { path, postgresHome: homeElsewhere(path), postgresUser };
}

/** Refuses what exists and is not a directory of this user's that is empty or a stack's. Only looks. */
function requireOurs(path: string): void {
  const status = statSync(path);
  if (!status.isDirectory()) throw unusable(path, 'is not a directory. Choose another with --data DIR.');
  requireOwner(path, status.uid);
  const entries = readdirSync(path);
  if (entries.length > 0 && !entries.includes(MARKER)) {
    throw unusable(
      path,
      `holds ${entries[0]} and is no data directory of a stack. Choose an empty or a new one with --data DIR.`,
    );
  }
  // Root leaves files of nobody's; to anybody else, what is in their directory must belong.
  if (process.geteuid?.() === 0) return;
  for (const entry of entries) requireOwner(join(path, entry), lstatSync(join(path, entry)).uid);
}

function requireOwner(path: string, owner: number): void {
  const user = process.geteuid?.();
  if (user === undefined || user === owner) return;
  throw unusable(
    path,
    `belongs to user ${owner}${owner === 0 ? ' (root)' : ''}, and this is user ${user}. ` +
      'Start as that user, remove it as that user, or choose another place with --data DIR',
  );
}

function unusable(path: string, why: string): StackStartError {
  return new StackStartError('data_directory_unusable', `${path} ${why}`, { dataDirectory: path });
}

/** Removes everything the stack keeps, the database elsewhere included, and nothing else. Call it while holding the lock. */
export function emptyDataDirectory(directory: DataDirectory): void {
  for (const home of new Set([directory.path, directory.postgresHome])) {
    for (const entry of readdirSync(home)) {
      // The lock is held while the directory is emptied.
      if (!OWN_ENTRIES.test(entry) || (home === directory.path && entry === LOCK_FILE)) continue;
      rmSync(join(home, entry), { recursive: true, force: true });
    }
  }
}

/** Removes the directory, and the database elsewhere. For directories that were made to be thrown away. */
export function removeDataDirectory(directory: DataDirectory): void {
  for (const home of new Set([directory.postgresHome, directory.path])) {
    rmSync(home, { recursive: true, force: true });
  }
}

/** Whether every directory up to the root may be passed by any user. */
function isReachableByOthers(path: string): boolean {
  for (let current = path; ; current = dirname(current)) {
    if ((statSync(current).mode & 0o001) === 0) return false;
    if (dirname(current) === current) return true;
  }
}

/** A directory of root's under /var/tmp, found again from the data directory's name, and a link to it. */
function homeElsewhere(path: string): string {
  const name = createHash('sha256').update(path).digest('hex').slice(0, 12);
  const home = `/var/tmp/plumbline-${name}`;
  mkdirSync(home, { recursive: true, mode: 0o711 });
  const entry = lstatSync(home);
  // /var/tmp is everybody's: a directory or link put there by someone else must not be used.
  if (!entry.isDirectory() || entry.uid !== 0) {
    throw unusable(
      home,
      "is not a directory of root's: remove it, or choose a data directory that every user can reach.",
    );
  }
  chmodSync(home, 0o711);
  const link = join(path, LINK);
  if (readLink(link) !== home) {
    rmSync(link, { force: true });
    symlinkSync(home, link);
  }
  return home;
}

function readLink(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

function nobody(): OperatingSystemUser {
  const ask = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }).trim()) | 0;
  try {
    return { uid: ask('-u'), gid: ask('-g') };
  } catch {
    throw new StackStartError(
      'data_directory_unusable',
      'Postgres does not run as root and this system has no user "nobody": start as another user',
    );
  }
}
