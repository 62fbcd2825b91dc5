// Writes supabase/migrations/<version>_calendar_exceptions.sql from the TypeScript calendar, when it says something else than the
// newest file of that name. A migration is never written over.
//
// Usage: tsx scripts/write-calendar-migration.ts VERSION   (14 digits, later than every migration that is there)
import { readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { calendarMigration, newestCalendarMigration } from './calendar-migration.ts';

const project = dirname(dirname(fileURLToPath(import.meta.url)));
const migrations = join(project, 'supabase', 'migrations');
const [version] = process.argv.slice(2);

if (newestCalendarMigration(project)?.content === calendarMigration()) {
  console.error('the newest calendar migration says what the calendar says: nothing to write');
} else if (version === undefined || !/^\d{14}$/.test(version)) {
  console.error(
    'usage: npx tsx scripts/write-calendar-migration.ts VERSION, 14 digits such as 20270105090000',
  );
  process.exitCode = 1;
} else if (readdirSync(migrations).some((file) => file.startsWith(version))) {
  console.error(`there is a migration ${version} already, and migrations are never written over`);
  process.exitCode = 1;
} else {
  const file = `${version}_calendar_exceptions.sql`;
  writeFileSync(join(migrations, file), calendarMigration());
  console.error(`supabase/migrations/${file} written`);
}
