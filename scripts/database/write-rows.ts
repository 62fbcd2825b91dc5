// npm run build:rows: writes the rows that the schema takes from the TypeScript calendar and from supabase/snippets. npm run
// build:migrations then makes a migration of them.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writtenRows } from './written-rows.ts';

const project = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

for (const [file, content] of writtenRows(project)) {
  writeFileSync(join(project, file), content);
  console.error(`${file} written`);
}
