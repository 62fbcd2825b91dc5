// npm run build:types: writes the TypeScript types of the database that the migrations give. npm run check compares them.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DATABASE_TYPES_FILE, generateDatabaseTypes } from './database-types.ts';
import { withSchemaDatabases } from './schema-databases.ts';

const project = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const types = await withSchemaDatabases(project, ({ migratedUrl }) =>
  generateDatabaseTypes(project, migratedUrl),
);
writeFileSync(join(project, DATABASE_TYPES_FILE), types);
console.error(`${DATABASE_TYPES_FILE} written`);
