import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LOCK_FILE, MARKER } from '../data-directory.ts';
import { StackAlreadyRunningError } from '../errors/stack-already-running-error.ts';
import { endProcesses } from './end-processes.mjs';
import { type FileLock, lockFile } from './file-lock.ts';
import { isSameProcess, processStartTime } from './process-identity.mjs';
import { processNamespace } from './process-namespace.ts';

/** A child of the stack, recorded so that the watchdog or the next start can end it, and nothing else. */
export interface RecordedChild {
  readonly pid: number;
  readonly startTime: string | null;
  readonly name: string;
  /** What asks it to end: SIGINT for Postgres (fast shutdown), SIGTERM for the others. */
  readonly signal: NodeJS.Signals;
}

interface Holder {
  readonly pid: number;
  readonly startTime: string | null;
  /** Where the process ids hold, see {@link processNamespace}. Versions before 0.6 have not written it. */
  readonly namespace?: string | null;
  readonly host?: string;
  readonly url: string | null;
  readonly children: readonly RecordedChild[];
}

/** How long the processes that a dead stack left may take to end, in milliseconds. */
const PATIENCE = 3_000;
const POLL_INTERVAL = 100;

/**
 * Holds a data directory for one stack at a time, and records the stack's children.
 *
 * What decides is the kernel's lock on the directory's marker, which Postgres inherits: nobody starts while anything may still write the
 * database, in whatever container or namespace, and after a crash nothing is left to be cleared. Nobody removes the marker: without it a
 * directory is no stack's. The record beside it, `stack.lock`, only says who holds the lock, and which children a dead stack left.
 */
export class StackLock {
  /** For children that write the database: they hold the lock too. */
  readonly descriptor: number;
  readonly #file: FileLock;
  readonly #path: string;
  #holder: Holder;
  #released = false;
  /** Told the children whenever one is added or removed. */
  onChildrenChange: (children: readonly RecordedChild[]) => void = () => {};
  /** Told when the record could not be written, which costs nobody the lock. */
  onWriteError: (error: Error) => void = () => {};

  private constructor(file: FileLock, path: string, holder: Holder) {
    this.#file = file;
    this.descriptor = file.descriptor;
    this.#path = path;
    this.#holder = holder;
  }

  /**
   * @param dataDirectory one that openDataDirectory has opened
   * @param patience milliseconds that what a dead stack left may take to end. Default 3,000
   * @throws {StackAlreadyRunningError} when another stack holds it; {StackStartError} when it cannot be locked
   */
  static async acquire(dataDirectory: string, patience = PATIENCE): Promise<StackLock> {
    const path = join(dataDirectory, LOCK_FILE);
    const file = await lockMarker(dataDirectory, patience);
    const left = readRecord(path);
    if (left !== null && isHere(left)) {
      if (isSameProcess(left)) {
        // A version that locked nothing.
        file.release();
        throw alreadyRunning(dataDirectory, left);
      }
      await endProcesses(left.children, 5_000);
    }
    const lock = new StackLock(file, path, {
      pid: process.pid,
      startTime: processStartTime(process.pid),
      namespace: processNamespace(),
      host: hostname(),
      url: null,
      children: [],
    });
    try {
      lock.#writeRecord();
    } catch (error) {
      file.release();
      throw error;
    }
    return lock;
  }

  /** Where the stack of a data directory serves; null when none runs, or it does not serve yet. */
  static servingAt(dataDirectory: string): string | null {
    const holder = readRecord(join(dataDirectory, LOCK_FILE));
    return holder !== null && isHere(holder) && isSameProcess(holder) ? holder.url : null;
  }

  /** Tells others where the stack serves. */
  publish(url: string): void {
    this.#change({ url });
  }

  add(pid: number, name: string, signal: NodeJS.Signals): void {
    const child = { pid, startTime: processStartTime(pid), name, signal };
    this.#setChildren([...this.children, child]);
  }

  remove(pid: number): void {
    this.#setChildren(this.children.filter((child) => child.pid !== pid));
  }

  get children(): readonly RecordedChild[] {
    return this.#holder.children;
  }

  release(): void {
    if (this.#released) return;
    this.#released = true;
    rmSync(this.#path, { force: true });
    this.#file.release();
  }

  #setChildren(children: readonly RecordedChild[]): void {
    this.onChildrenChange(children);
    this.#change({ children });
  }

  #change(change: Partial<Holder>): void {
    this.#holder = { ...this.#holder, ...change };
    if (this.#released) return;
    try {
      this.#writeRecord();
    } catch (error) {
      this.onWriteError(error as Error);
    }
  }

  #writeRecord(): void {
    const draft = `${this.#path}.${process.pid}`;
    writeFileSync(draft, JSON.stringify(this.#holder), { mode: 0o600 });
    renameSync(draft, this.#path);
  }
}

/** @throws {StackAlreadyRunningError} */
async function lockMarker(dataDirectory: string, patience: number): Promise<FileLock> {
  const deadline = performance.now() + patience;
  for (let last = false; ; last = performance.now() > deadline) {
    const file = lockFile(join(dataDirectory, MARKER));
    if (file !== null) return file;
    const holder = readRecord(join(dataDirectory, LOCK_FILE));
    if (holder !== null && isHere(holder)) {
      if (isSameProcess(holder)) throw alreadyRunning(dataDirectory, holder);
      // Its watchdog may be at it too.
      await endProcesses(holder.children, 5_000);
    }
    // Nobody here can tell whether what runs elsewhere is about to end.
    if (last) throw alreadyRunning(dataDirectory, holder);
    await sleep(POLL_INTERVAL);
  }
}

function alreadyRunning(dataDirectory: string, holder: Holder | null): StackAlreadyRunningError {
  // Of a process that is gone there is nothing to be said: what holds the lock is what it started.
  const running =
    holder === null || (isHere(holder) && !isSameProcess(holder))
      ? null
      : { pid: holder.pid, url: holder.url, host: isHere(holder) ? null : (holder.host ?? 'unknown') };
  return new StackAlreadyRunningError(dataDirectory, join(dataDirectory, MARKER), running);
}

function isHere({ namespace }: Holder): boolean {
  return namespace === undefined || namespace === processNamespace();
}

function readRecord(path: string): Holder | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch {
    return null;
  }
}
