import { spawnSync } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { StackStartError } from '../errors/stack-start-error.ts';

/** BSD's and macOS's `O_EXLOCK`: open(2) takes the lock too. Node names it nowhere and passes it on. */
const O_EXLOCK = 0x20;

/**
 * An exclusive flock(2) on a file: the kernel keeps it with the open file, whatever process, container or namespace holds that open, and
 * releases it when the last one has closed it or died.
 */
export interface FileLock {
  /** A child that inherits it holds the lock too. */
  readonly descriptor: number;
  release(): void;
}

/**
 * Locks a file that exists. Returns null when somebody else has it.
 *
 * @throws {StackStartError} `data_directory_unusable` when its file system cannot lock, or the program `flock` is missing
 */
export function lockFile(path: string): FileLock | null {
  const descriptor = process.platform === 'linux' ? lockOnLinux(path) : lockOnOpening(path);
  return descriptor === null ? null : { descriptor, release: () => closeSync(descriptor) };
}

/** Node has no flock(2). The lock belongs to the open file, so a child that shares this process's can take it and end. */
function lockOnLinux(path: string): number | null {
  const descriptor = openSync(path, 'r+');
  const { status, error, stderr } = spawnSync('flock', ['-x', '-n', '3'], {
    stdio: ['ignore', 'ignore', 'pipe', descriptor],
    env: { PATH: process.env.PATH, LC_ALL: 'C' },
    encoding: 'utf8',
  });
  if (status === 0) return descriptor;
  closeSync(descriptor);
  // What util-linux and BusyBox end with when the lock is taken, without a word.
  if (status === 1 && stderr === '') return null;
  throw cannotLock(
    path,
    (error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT'
      ? 'the program flock is missing: install util-linux'
      : (error?.message ?? stderr.trim()),
  );
}

function lockOnOpening(path: string): number | null {
  try {
    return openSync(path, constants.O_RDWR | constants.O_NONBLOCK | O_EXLOCK);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EAGAIN') return null;
    throw cannotLock(path, message);
  }
}

function cannotLock(path: string, why: string): StackStartError {
  return new StackStartError('data_directory_unusable', `${path} cannot be locked: ${why}`, { path });
}
