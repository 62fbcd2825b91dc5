import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { calendarMigration, newestCalendarMigration } from '../../scripts/calendar-migration.ts';

const REPOSITORY = resolve(import.meta.dirname, '../..');

it('the newest calendar migration says what the calendar in TypeScript says', () => {
  const { file, content } = newestCalendarMigration(REPOSITORY)!;
  expect(
    content === calendarMigration(),
    `${file} is of another calendar: run npx tsx scripts/write-calendar-migration.ts VERSION`,
  ).toBe(true);
});
