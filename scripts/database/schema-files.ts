import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { parse } from 'smol-toml';
import { z } from 'zod';

/** A file of `supabase/schemas`. */
export interface SchemaFile {
  /** Below `supabase/schemas`, with slashes: `queue/functions/claim_job.sql`. */
  readonly path: string;
  /** The folder it lies in, a part of the product: `queue`. */
  readonly concern: string;
  readonly content: string;
}

const configSchema = z.object({
  db: z.object({
    migrations: z.object({ schema_paths: z.array(z.string().startsWith('./schemas/')).min(1) }),
  }),
});

/**
 * The files of `supabase/schemas` in the order in which they build: that of `schema_paths` in `supabase/config.toml`, where `*` stands
 * for one name, what it finds is in the order of the alphabet, and a file that was named before is not taken twice.
 *
 * @throws Error when a path finds nothing, or a file is found by none
 */
export function readSchemaFiles(projectDirectory: string): SchemaFile[] {
  const supabase = join(projectDirectory, 'supabase');
  const config = configSchema.parse(parse(readFileSync(join(supabase, 'config.toml'), 'utf8')));
  const directory = join(supabase, 'schemas');
  const existing = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.sql'))
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
  const ordered = new Set<string>();
  for (const schemaPath of config.db.migrations.schema_paths) {
    const pattern = pathPattern(schemaPath.slice('./schemas/'.length));
    const found = existing.filter((path) => pattern.test(path));
    if (found.length === 0)
      throw new Error(
        `Path ${schemaPath} of schema_paths in supabase/config.toml finds no file: remove it, or add one`,
      );
    for (const path of found) ordered.add(path);
  }
  const left = existing.filter((path) => !ordered.has(path));
  if (left.length > 0) {
    throw new Error(`No path of schema_paths in supabase/config.toml finds ${left.join(', ')}: add one`);
  }
  return [...ordered].map((path) => ({
    path,
    concern: path.split('/')[0]!,
    content: readFileSync(join(directory, path), 'utf8'),
  }));
}

function pathPattern(path: string): RegExp {
  const literal = path.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*');
  return new RegExp(`^${literal}$`);
}
