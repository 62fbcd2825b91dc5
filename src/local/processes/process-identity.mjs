// Tells a process from a later one with the same id. Plain JavaScript, because the watchdog runs without a loader.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * When the process started, in whatever unit the system tells it; null when there is no such process.
 * Linux: clock ticks since boot, from /proc. Elsewhere: what `ps` prints.
 *
 * @param {number} pid
 * @returns {string | null}
 */
export function processStartTime(pid) {
  if (process.platform === 'linux') {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // The command name, in parentheses, may hold anything: count the fields after the last parenthesis.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' ? null : fields[19];
    } catch {
      return null;
    }
  }
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    return line === '' || line.startsWith('Z') ? null : line.replace(/^\S+\s+/, '');
  } catch {
    return null;
  }
}

/**
 * Whether the very process that was recorded still runs.
 *
 * @param {{ pid: number, startTime: string | null }} recorded
 * @returns {boolean}
 */
export function isSameProcess(recorded) {
  return recorded.startTime !== null && processStartTime(recorded.pid) === recorded.startTime;
}

/**
 * The process's command line, its arguments separated by spaces; null when there is no such process.
 *
 * @param {number} pid
 * @returns {string | null}
 */
export function processCommand(pid) {
  try {
    if (process.platform === 'linux') {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() || null;
    }
    return execFileSync('ps', ['-o', 'args=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return null;
  }
}
