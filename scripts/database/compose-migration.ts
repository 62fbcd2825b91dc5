import type { SchemaFile } from './schema-files.ts';
import { filesByObject } from './schema-objects.ts';
import type { SchemaSnapshot } from './schema-snapshot.ts';

/** A migration made of schema files, in their order. */
export function composeMigration(files: readonly SchemaFile[]): string {
  const parts = files.map(({ path, content }) => `-- ${path}\n${content.trim()}\n`);
  return [
    '-- Made from supabase/schemas by npm run build:migrations.\n',
    '-- A function may name what is made after it.\nset check_function_bodies = off;\n',
    ...parts,
  ].join('\n');
}

/** Of the concern whose migration has another name than its folder: the name of its first table. */
const BASELINE_NAMES: Readonly<Record<string, string>> = { validation: 'ensemble_validation_metrics' };

/** The first migrations of a project, by name: one a concern, in the order of the schema files, and one for all rows. */
export function composeBaseline(files: readonly SchemaFile[]): Map<string, string> {
  const groups = new Map<string, SchemaFile[]>();
  for (const file of files) {
    const group = file.path.includes('/rows/') ? 'rows' : (BASELINE_NAMES[file.concern] ?? file.concern);
    const name = group.replaceAll('-', '_');
    groups.set(name, [...(groups.get(name) ?? []), file]);
  }
  return new Map([...groups].map(([name, group]) => [name, composeMigration(group)]));
}

/**
 * The schema files that a migration takes over whole: those of functions, views, rows and new tables in which the database differs.
 * How a table that exists is changed is not said by its file.
 */
export function changedFiles(
  before: SchemaSnapshot,
  after: SchemaSnapshot,
  files: readonly SchemaFile[],
): SchemaFile[] {
  const byObject = filesByObject(files);
  const wanted = new Set<SchemaFile>();
  for (const [object, facts] of after) {
    const was = before.get(object);
    if (was?.join('\n') === facts.join('\n')) continue;
    if (was !== undefined && object.startsWith('table ')) continue;
    // A function's name in the snapshot has its arguments.
    const file = byObject.get(object.replace(/\(.*$/s, ''));
    if (file !== undefined) wanted.add(file);
  }
  return files.filter((file) => wanted.has(file));
}
