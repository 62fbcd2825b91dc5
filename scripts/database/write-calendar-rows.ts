// Writes the rows of calendar_exceptions from the TypeScript calendar; npm run build:migrations then makes a migration of them.
//
// Usage: tsx scripts/database/write-calendar-rows.ts
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CALENDAR_ROWS_FILE, calendarRows } from './calendar-rows.ts';

const project = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

writeFileSync(join(project, CALENDAR_ROWS_FILE), calendarRows());
console.error(`${CALENDAR_ROWS_FILE} written`);
