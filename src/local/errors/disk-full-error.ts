import { PlumblineError } from '../../shared/errors/plumbline-error.ts';

/** The room on the disk of a directory. */
export interface FreeSpace {
  readonly path: string;
  /** Bytes that a user who is not root can write. */
  readonly free: number;
}

/** There is no room left for a stack's data: it does not start, or has stopped. Everything that was stored stays. */
export class DiskFullError extends PlumblineError {
  /** @param least bytes that are needed */
  constructor({ path, free }: FreeSpace, least: number) {
    super(
      'disk_full',
      `The disk of ${path} is full (${megabytes(free)} MB free, ${megabytes(least)} MB needed): make room and start again; ` +
        'what was stored is kept',
      { path, free, least },
    );
  }
}

function megabytes(bytes: number): number {
  return Math.floor(bytes / 2 ** 20);
}
