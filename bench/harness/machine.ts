import { cpus, loadavg } from 'node:os';

/** What the figures were measured on. */
export function describeMachine(): Record<string, string | number> {
  const cores = cpus();
  return {
    cpu: cores[0]?.model.trim() ?? 'unknown',
    cores: cores.length,
    platform: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    load_average_before: Number(loadavg()[0].toFixed(2)),
  };
}
