import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The migrations that have landed, each with its SHA-256, as `sha256sum` writes it. */
const PINS = 'landed-migrations.sha256';

/** The files of `supabase/migrations`, in order. */
export function migrationFiles(projectDirectory: string): string[] {
  return readdirSync(join(projectDirectory, 'supabase', 'migrations'))
    .filter((file) => file.endsWith('.sql'))
    .sort();
}

/** What is wrong with the migrations, a sentence each: one that landed was changed, is gone or is out of order, or one is not pinned. */
export function checkLandedMigrations(projectDirectory: string): string[] {
  const pins = readPins(projectDirectory);
  const files = migrationFiles(projectDirectory);
  const newest = [...pins.keys()].sort().at(-1) ?? '';
  const faults: string[] = [];
  for (const [file, hash] of pins) {
    if (!files.includes(file)) faults.push(`${file} has landed and is gone: restore it`);
    else if (hashOf(projectDirectory, file) !== hash) {
      faults.push(`${file} has landed and was changed: restore it and add a migration`);
    }
  }
  for (const file of files.filter((file) => !pins.has(file))) {
    faults.push(
      file < newest
        ? `${file} would run before ${newest}, which has landed: give it a later version`
        : `${file} is not in supabase/${PINS}: run npm run build:migrations -- --pin when it is done`,
    );
  }
  return faults;
}

/** Adds the migrations that are not pinned yet; what is pinned stays as it is. @returns the files added */
export function pinMigrations(projectDirectory: string): string[] {
  const pins = readPins(projectDirectory);
  const added = migrationFiles(projectDirectory).filter((file) => !pins.has(file));
  for (const file of added) pins.set(file, hashOf(projectDirectory, file));
  const lines = [...pins]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([file, hash]) => `${hash}  migrations/${file}\n`);
  writeFileSync(join(projectDirectory, 'supabase', PINS), lines.join(''));
  return added;
}

function readPins(projectDirectory: string): Map<string, string> {
  const path = join(projectDirectory, 'supabase', PINS);
  if (!existsSync(path)) return new Map();
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  return new Map(
    lines.map((line) => {
      const [, hash, file] = /^([0-9a-f]{64}) {2}migrations\/(\S+\.sql)$/.exec(line) ?? [];
      if (hash === undefined || file === undefined)
        throw new Error(`Line "${line}" of supabase/${PINS} cannot be read: a line is a checksum and a file`);
      return [file, hash];
    }),
  );
}

function hashOf(projectDirectory: string, file: string): string {
  return createHash('sha256')
    .update(readFileSync(join(projectDirectory, 'supabase', 'migrations', file)))
    .digest('hex');
}
