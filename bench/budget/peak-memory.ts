import { readFileSync } from 'node:fs';
import process from 'node:process';

/**
 * The most that this process has had in memory so far, in megabytes (1,000,000 bytes): its resident set at the peak on Linux, where
 * Deno must be allowed everything to read it, the present one elsewhere.
 */
export function peakMemory(): number {
  try {
    const kibibytes = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
    if (kibibytes !== null) return (Number(kibibytes[1]) * 1024) / 1e6;
  } catch {
    // Not Linux.
  }
  return process.memoryUsage().rss / 1e6;
}
