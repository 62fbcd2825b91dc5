import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import type { StackLock } from './stack-lock.ts';

/** A child that is recorded in the lock for as long as it lives. */
export interface TrackedChild {
  readonly process: ChildProcess;
  /** Resolves when the process has ended, also when it could not be started. */
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null; error?: Error }>;
}

/**
 * Starts a process in a session of its own, so that Ctrl-C in the terminal reaches the stack alone, which then ends its
 * children in order.
 */
export function spawnTracked(
  lock: StackLock | null,
  name: string,
  signal: NodeJS.Signals,
  command: string,
  args: readonly string[],
  options: SpawnOptions,
): TrackedChild {
  const child = spawn(command, args, { ...options, detached: true });
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null; error?: Error }>(
    (resolve) => {
      child.once('error', (error) => resolve({ code: null, signal: null, error }));
      child.once('exit', (code, endSignal) => resolve({ code, signal: endSignal }));
    },
  );
  const { pid } = child;
  if (pid !== undefined && lock !== null) {
    lock.add(pid, name, signal);
    exited.then(() => lock.remove(pid));
  }
  return { process: child, exited };
}

/** Asks the child to end, kills it after `graceMilliseconds`, and resolves when it has ended. */
export async function endChild(
  child: TrackedChild,
  signal: NodeJS.Signals,
  graceMilliseconds: number,
): Promise<void> {
  if (child.process.exitCode !== null || child.process.signalCode !== null) return;
  child.process.kill(signal);
  const timer = setTimeout(() => child.process.kill('SIGKILL'), graceMilliseconds);
  await child.exited;
  clearTimeout(timer);
}
