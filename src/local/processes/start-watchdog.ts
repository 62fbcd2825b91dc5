import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { StackLock } from './stack-lock.ts';

/**
 * Starts the watchdog that ends the children recorded in the lock when this process dies without doing so.
 *
 * @returns a function that lets it go, after which it ends by itself
 */
export function startWatchdog(lock: StackLock): () => void {
  const script = fileURLToPath(new URL('./watchdog.mjs', import.meta.url));
  const child = spawn(process.execPath, [script], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    // Not the environment of this process: it may hold loaders and secrets the watchdog has no use for.
    env: { PATH: process.env.PATH },
  });
  child.on('error', () => {});
  child.stdin.on('error', () => {});
  // Neither the process nor its pipe may keep this one alive.
  child.unref();
  (child.stdin as Socket).unref();
  lock.onChildrenChange = (children) => {
    if (child.stdin.writable) child.stdin.write(`${JSON.stringify(children)}\n`);
  };
  return () => {
    lock.onChildrenChange = () => {};
    child.stdin.end('[]\n');
  };
}
