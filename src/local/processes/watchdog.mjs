// Ends the stack's children when the stack dies without doing so (kill -9). Its standard input is a pipe from the stack and
// carries nothing: when it closes, the stack has ended. The processes to end are those in the lock file at that moment; an
// orderly stop removes the file first, and nothing is left to do.
//
// Usage: node watchdog.mjs LOCK_FILE OWNER_PID
import { readFileSync } from 'node:fs';
import { endProcesses } from './end-processes.mjs';

const [lockFile, ownerPid] = process.argv.slice(2);

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
process.stdin.resume();
process.stdin.on('error', () => {});
process.stdin.on('close', async () => {
  try {
    const lock = JSON.parse(readFileSync(lockFile, 'utf8'));
    if (lock.pid === Number(ownerPid)) await endProcesses(lock.children, 5_000);
  } catch {
    // No lock file: the stack stopped in order.
  }
  process.exit(0);
});
