import type { SchemaFile } from './schema-files.ts';

const DEFINITION = /^create (?:or replace )?(?:table|function|view) [a-z_.0-9]+/gim;
const ROWS = /\/rows\/([a-z_]+)\.sql$/;
const SETTING = /\/settings\/([a-z_]+)\.sql$/;
/** Opens schemas and rights, and defines no object of its own. */
const ACCESS = 'foundation/access.sql';

/** What a schema file defines, as `table public.jobs`, `function public.claim_job`, `view public.vw_run_health`, `rows of public.settings`, `setting extra_float_digits of the database`. */
function definedObjects({ path, content }: SchemaFile): string[] {
  const rows = ROWS.exec(path);
  if (rows !== null) return [`rows of public.${rows[1]}`];
  const setting = SETTING.exec(path);
  if (setting !== null) return [`setting ${setting[1]} of the database`];
  return (content.match(DEFINITION) ?? []).map((text) =>
    text.toLowerCase().replace(/^create (or replace )?/, ''),
  );
}

/** The file that defines each object. Of one that is defined twice, the last. */
export function filesByObject(files: readonly SchemaFile[]): Map<string, SchemaFile> {
  return new Map(files.flatMap((file) => definedObjects(file).map((object) => [object, file] as const)));
}

/** The objects that more than one place defines, a sentence each. */
export function definedTwice(files: readonly SchemaFile[]): string[] {
  const places = new Map<string, string[]>();
  for (const file of files) {
    for (const object of definedObjects(file)) places.set(object, [...(places.get(object) ?? []), file.path]);
  }
  return [...places]
    .filter(([, paths]) => paths.length > 1)
    .map(
      ([object, paths]) => `${object} is defined in ${paths.join(' and in ')} of supabase/schemas: keep one`,
    );
}

/** The files that do not define exactly one object, a sentence each. */
export function definesOneObject(files: readonly SchemaFile[]): string[] {
  return files
    .filter((file) => file.path !== ACCESS && definedObjects(file).length !== 1)
    .map(
      (file) =>
        `supabase/schemas/${file.path} defines ${definedObjects(file).join(', ') || 'nothing'}: one object a file`,
    );
}
