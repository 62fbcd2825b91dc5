import { readFileSync, readlinkSync } from 'node:fs';

/**
 * Within which process ids mean what they say: this start of the machine and this PID namespace (a container has one of its own). Null where
 * there are no namespaces.
 */
export function processNamespace(): string | null {
  if (process.platform !== 'linux') return null;
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return null;
  }
}
