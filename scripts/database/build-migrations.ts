// npm run build:migrations -- NAME: writes the migration that brings what changed in supabase/schemas to databases that exist:
// supabase/migrations/<now>_NAME.sql. What a table changed is yours to write; the command says what differs.
// Without any migration it writes the baseline instead: one a concern.
// npm run build:migrations -- --pin: notes the new migrations as landed; from then on npm run check holds them fixed.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { changedFiles, composeBaseline, composeMigration } from './compose-migration.ts';
import { migrationFiles, pinMigrations } from './landed-migrations.ts';
import { withSchemaDatabases } from './schema-databases.ts';
import { readSchemaFiles, type SchemaFile } from './schema-files.ts';
import { compareSnapshots, readSchemaSnapshot } from './schema-snapshot.ts';

const project = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const directory = join(project, 'supabase', 'migrations');
/** The baseline's version is a date of its own, so that building it again names the files alike. */
const BASELINE_DAY = '20261130';

function write(version: string, name: string, content: string): void {
  const file = `${version}_${name}.sql`;
  writeFileSync(join(directory, file), content);
  console.error(`supabase/migrations/${file} written`);
}

function writeBaseline(files: readonly SchemaFile[]): void {
  let hour = 0;
  for (const [name, content] of composeBaseline(files)) {
    write(`${BASELINE_DAY}${String(hour++).padStart(2, '0')}0000`, name, content);
  }
}

async function writeChange(name: string, files: readonly SchemaFile[]): Promise<void> {
  const [before, after] = await withSchemaDatabases(project, async ({ migrated, declared }) => [
    await readSchemaSnapshot(migrated),
    await readSchemaSnapshot(declared),
  ]);
  const differences = compareSnapshots(before, after, ['the migrations', 'the schema files']);
  if (differences.length === 0) {
    console.error('The migrations give what supabase/schemas says: nothing to write');
    return;
  }
  console.error(differences.map((line) => line.slice(0, 200)).join('\n'));
  const version = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  write(version, name, composeMigration(changedFiles(before, after, files)));
  console.error(
    'Write by hand what tables and dropped objects need, run npm run check, then pin it with --pin',
  );
}

const [argument] = process.argv.slice(2);
if (argument === '--pin') {
  const added = pinMigrations(project);
  console.error(added.length === 0 ? 'Every migration is pinned' : `Pinned ${added.join(', ')}`);
} else {
  const files = readSchemaFiles(project);
  mkdirSync(directory, { recursive: true });
  if (migrationFiles(project).length === 0) writeBaseline(files);
  else if (argument !== undefined && /^[a-z][a-z0-9_]*$/.test(argument)) await writeChange(argument, files);
  else {
    console.error('Usage: npm run build:migrations -- NAME, snake_case: what changes; or -- --pin');
    process.exitCode = 1;
  }
}
