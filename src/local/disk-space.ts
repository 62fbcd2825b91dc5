import { existsSync, statfsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DiskFullError, type FreeSpace } from './errors/disk-full-error.ts';

/** What a stack needs to start, in bytes: four segments of Postgres's log. */
const LEAST_TO_START = 64 * 2 ** 20;
/** What it stops below: half of that, so that what starts does not stop at once. Postgres can still write all it has, and end in order. */
const LEAST_TO_RUN = 32 * 2 ** 20;
const LOOK_INTERVAL = 1_000;

/** @param path a directory, or one to be made */
function freeSpace(path: string): FreeSpace {
  let place = resolve(path);
  while (!existsSync(place)) place = dirname(place);
  const { bavail, bsize } = statfsSync(place);
  return { path, free: bavail * bsize };
}

/** @throws {DiskFullError} when one of the directories has less room than a start needs */
export function requireRoom(...directories: readonly string[]): void {
  for (const space of directories.map(freeSpace)) {
    if (space.free < LEAST_TO_START) throw new DiskFullError(space, LEAST_TO_START);
  }
}

/** The error that says so, if the disk of a directory is full, or an error of the file system's or Postgres's says that it is; else null. */
export function diskFull(path: string, error?: unknown): DiskFullError | null {
  const space = freeSpace(path);
  // A quota is not seen in the free space.
  return space.free < LEAST_TO_RUN || saysDiskFull(error) ? new DiskFullError(space, LEAST_TO_RUN) : null;
}

/** Whether an error of the file system's or Postgres's says so. */
export function saysDiskFull(error: unknown): boolean {
  const { code, message } = (error ?? {}) as { readonly code?: unknown; readonly message?: unknown };
  // Shared memory has a file system of its own, small in containers: one query fails then, and nothing else.
  if (/shared memory/.test(String(message))) return false;
  return (
    ['ENOSPC', 'EDQUOT', '53100'].includes(String(code)) ||
    /No space left on device|Disk quota exceeded/i.test(String(message))
  );
}

/**
 * Looks every second whether there is room left on the disks of the directories.
 *
 * @returns ends it
 */
export function watchDisk(
  directories: readonly string[],
  onFull: (error: DiskFullError) => void,
): () => void {
  const timer = setInterval(() => {
    for (const directory of directories) {
      const full = diskFull(directory);
      if (full !== null) onFull(full);
    }
  }, LOOK_INTERVAL);
  timer.unref();
  return () => clearInterval(timer);
}
