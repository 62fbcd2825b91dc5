// Part of npm run check: one object a schema file and each in one only; no landed migration changed; all migrations together give
// what supabase/schemas says; the rows that are written from code and the TypeScript types of the database are current.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DATABASE_TYPES_FILE, generateDatabaseTypes } from './database-types.ts';
import { checkLandedMigrations } from './landed-migrations.ts';
import { withSchemaDatabases } from './schema-databases.ts';
import { readSchemaFiles } from './schema-files.ts';
import { definedTwice, definesOneObject } from './schema-objects.ts';
import { compareSnapshots, readSchemaSnapshot } from './schema-snapshot.ts';
import { writtenRows } from './written-rows.ts';

const project = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const read = (file: string) => readFileSync(join(project, file), 'utf8');

const files = readSchemaFiles(project);
const twice = definedTwice(files);
const faults = [
  ...twice,
  ...definesOneObject(files),
  ...checkLandedMigrations(project),
  ...[...writtenRows(project)]
    .filter(([file, content]) => read(file) !== content)
    .map(([file]) => `${file} is not what it is written from: run npm run build:rows`),
  ...(await withSchemaDatabases(project, async ({ migrated, declared, migratedUrl }) => {
    const [types, before, after] = await Promise.all([
      generateDatabaseTypes(project, migratedUrl),
      readSchemaSnapshot(migrated),
      readSchemaSnapshot(declared),
    ]);
    const differences = compareSnapshots(before, after, ['the migrations', 'supabase/schemas']);
    if (types !== read(DATABASE_TYPES_FILE)) {
      differences.push(`${DATABASE_TYPES_FILE} is not what the migrations give: run npm run build:types`);
    }
    return differences;
  })),
];
console.log(`${files.length} schema files, ${twice.length} objects defined more than once`);
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
