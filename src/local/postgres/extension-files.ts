import { chmodSync, copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const EXTENSION_FILES = fileURLToPath(new URL('../extensions/', import.meta.url));

/** The stand-ins for extensions of hosted projects that are not to be had elsewhere. */
export type StandIn = 'pg_cron' | 'pg_net' | 'supabase_vault';

/** Puts stand-ins' control and SQL files into the directory where `create extension` looks for them. Default all of them. */
export function copyStandIns(
  target: string,
  names: readonly StandIn[] = ['pg_cron', 'pg_net', 'supabase_vault'],
): void {
  mkdirSync(target, { recursive: true });
  for (const file of readdirSync(EXTENSION_FILES)) {
    if (!names.some((name) => file === `${name}.control` || file.startsWith(`${name}--`))) continue;
    const copy = join(target, file);
    rmSync(copy, { force: true });
    copyFileSync(join(EXTENSION_FILES, file), copy);
    chmodSync(copy, 0o644);
  }
}
