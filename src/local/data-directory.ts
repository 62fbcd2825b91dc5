import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
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

export const LOCK_FILE = 'stack.lock';
const LINK = 'postgres-home';
/** What a stack makes in its data directory, also one that did not come to its end. */
const OWN_ENTRIES =
  /^(stack\.lock.*|keys\.json.*|postgres-.*|postgres\.log|cluster.*|deno|initial-password)$/;
/** Left alone by `empty`: the lock is held while the directory is emptied. */
const KEPT_WHEN_EMPTIED = new Set([LOCK_FILE]);

/** Creates the directory if need be and finds out who Postgres runs as and where its files can be. */
export function openDataDirectory(directory: string): DataDirectory {
  const path = resolve(directory);
  const postgresUser = process.getuid?.() === 0 ? nobody() : null;
  mkdirSync(path, { recursive: true });
  // Root's directory must let `nobody` through to the database; what is secret in it has its own mode.
  chmodSync(path, postgresUser === null ? 0o700 : 0o711);
  if (postgresUser === null) return { path, postgresHome: path, postgresUser };
  if (isReachableByOthers(path)) return { path, postgresHome: path, postgresUser };
  return { path, postgresHome: homeElsewhere(path), postgresUser };
}

/**
 * Removes everything the stack keeps, the database elsewhere included. Call it while holding the lock.
 *
 * @throws {StackStartError} `data_directory_unusable` when the directory holds something and was never a stack's: a mistyped
 *   path must not cost anybody their files
 */
export function emptyDataDirectory(directory: DataDirectory): void {
  const entries = readdirSync(directory.path);
  const stranger = entries.find((entry) => !OWN_ENTRIES.test(entry));
  if (stranger !== undefined && !entries.includes('keys.json')) {
    throw new StackStartError(
      'data_directory_unusable',
      `${directory.path} holds ${stranger} and is no data directory of a stack: it is not emptied.`,
      { dataDirectory: directory.path },
    );
  }
  for (const home of new Set([directory.path, directory.postgresHome])) {
    for (const entry of readdirSync(home)) {
      if (home === directory.path && (KEPT_WHEN_EMPTIED.has(entry) || entry === LINK)) continue;
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
    throw new StackStartError(
      'data_directory_unusable',
      `${home} is not a directory of root's: remove it, or choose a data directory that every user can reach.`,
      { home },
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
      'Postgres does not run as root and this system has no user "nobody": start as another user.',
    );
  }
}
