// A Postgres for the test file that imports this: its own, with the project's migrations and seeds, without functions, cron or a sender
// behind it. Nothing moves in it but what the file does.
import postgres from 'postgres';
import { afterAll } from 'vitest';
import { openDataDirectory, removeDataDirectory } from '../../../src/local/data-directory.ts';
import { copyProjectData, startDatabase } from '../../support/project-data.ts';

const directory = await copyProjectData();
const server = await startDatabase(directory);
afterAll(async () => {
  await server.stop();
  removeDataDirectory(openDataDirectory(directory));
});

/** A connection as the database's owner. Ended by the caller. */
export function ownerConnection(): postgres.Sql {
  return postgres(server.url('postgres'), { max: 1, onnotice: () => {} });
}

const sql = ownerConnection();
await sql`select vault.create_secret('http://functions.test', 'project_url')`;
await sql`select vault.create_secret('sb_secret_of_these_tests', 'cron_secret_key')`;
await sql.end();
