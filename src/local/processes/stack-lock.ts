import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { StackAlreadyRunningError } from '../errors/stack-already-running-error.ts';
import { endProcesses } from './end-processes.mjs';
import { isSameProcess, processStartTime } from './process-identity.mjs';

/** A child of the stack, recorded so that the watchdog or the next start can end it, and nothing else. */
export interface RecordedChild {
  readonly pid: number;
  readonly startTime: string | null;
  readonly name: string;
  /** What asks it to end: SIGINT for Postgres (fast shutdown), SIGTERM for the others. */
  readonly signal: NodeJS.Signals;
}

interface LockContent {
  readonly pid: number;
  readonly startTime: string | null;
  readonly url: string | null;
  readonly children: readonly RecordedChild[];
}

/**
 * Holds a data directory for one stack at a time, and records the stack's children.
 *
 * The file is created by a hard link, which is atomic and fails when the file exists. A file whose owner no longer runs is
 * stale: its children are ended and it is taken over.
 */
export class StackLock {
  readonly path: string;
  #content: LockContent;
  #released = false;
  /** Told the children whenever one is added or removed. */
  onChildrenChange: (children: readonly RecordedChild[]) => void = () => {};

  private constructor(path: string, content: LockContent) {
    this.path = path;
    this.#content = content;
  }

  /** @throws {StackAlreadyRunningError} when another stack holds it */
  static async acquire(path: string, dataDirectory: string): Promise<StackLock> {
    mkdirSync(dirname(path), { recursive: true });
    const own: LockContent = {
      pid: process.pid,
      startTime: processStartTime(process.pid),
      url: null,
      children: [],
    };
    const draft = `${path}.${process.pid}`;
    writeFileSync(draft, JSON.stringify(own), { mode: 0o600 });
    try {
      for (;;) {
        if (tryLink(draft, path)) return new StackLock(path, own);
        const holder = readLock(path);
        if (holder !== null && isSameProcess(holder)) {
          throw new StackAlreadyRunningError(dataDirectory, holder.pid, holder.url);
        }
        await takeAway(path, holder, dataDirectory);
      }
    } finally {
      rmSync(draft, { force: true });
    }
  }

  /** Where the stack that holds the file at `path` serves; null when none runs, or it does not serve yet. */
  static servingAt(path: string): string | null {
    const holder = readLock(path);
    return holder !== null && isSameProcess(holder) ? holder.url : null;
  }

  /** Tells others where the stack serves. */
  publish(url: string): void {
    this.#write({ ...this.#content, url });
  }

  add(pid: number, name: string, signal: NodeJS.Signals): void {
    const child = { pid, startTime: processStartTime(pid), name, signal };
    this.#setChildren([...this.#content.children, child]);
  }

  remove(pid: number): void {
    this.#setChildren(this.#content.children.filter((child) => child.pid !== pid));
  }

  get children(): readonly RecordedChild[] {
    return this.#content.children;
  }

  release(): void {
    this.#released = true;
    rmSync(this.path, { force: true });
  }

  #setChildren(children: readonly RecordedChild[]): void {
    this.onChildrenChange(children);
    this.#write({ ...this.#content, children });
  }

  #write(content: LockContent): void {
    this.#content = content;
    if (this.#released) return;
    const draft = `${this.path}.${process.pid}`;
    writeFileSync(draft, JSON.stringify(content), { mode: 0o600 });
    renameSync(draft, this.path);
  }
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function readLock(path: string): LockContent | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as LockContent;
  } catch {
    return null;
  }
}

/** Removes a stale lock after ending its children; puts it back if a live one slipped in meanwhile. */
async function takeAway(path: string, stale: LockContent | null, dataDirectory: string): Promise<void> {
  if (stale !== null) await endProcesses(stale.children, 5_000);
  const aside = `${path}.stale-${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const taken = readLock(aside);
  if (taken !== null && isSameProcess(taken)) {
    tryLink(aside, path);
    rmSync(aside, { force: true });
    throw new StackAlreadyRunningError(dataDirectory, taken.pid, taken.url);
  }
  rmSync(aside, { force: true });
}
