// Ends recorded processes in bounded time. Plain JavaScript, because the watchdog runs without a loader.
import { setTimeout as sleep } from 'node:timers/promises';
import { isSameProcess } from './process-identity.mjs';

/**
 * @param {number} pid
 * @param {NodeJS.Signals} signal
 */
function send(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended meanwhile.
  }
}

/**
 * Sends each process its own polite signal, waits, then kills what is left. Only the very processes that were recorded are
 * touched: one that has the same id but another start time is somebody else's.
 *
 * @param {ReadonlyArray<{ pid: number, startTime: string | null, signal: NodeJS.Signals }>} recorded
 * @param {number} graceMilliseconds
 * @returns {Promise<void>}
 */
export async function endProcesses(recorded, graceMilliseconds) {
  let left = recorded.filter(isSameProcess);
  for (const { pid, signal } of left) send(pid, signal);
  const deadline = Date.now() + graceMilliseconds;
  while (left.length > 0 && Date.now() < deadline) {
    await sleep(20);
    left = left.filter(isSameProcess);
  }
  for (const { pid } of left) send(pid, 'SIGKILL');
  const killDeadline = Date.now() + 2_000;
  while (left.length > 0 && Date.now() < killDeadline) {
    await sleep(20);
    left = left.filter(isSameProcess);
  }
}
