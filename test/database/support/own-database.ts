// A Postgres for each test file of a project whose setup file is `start-own-database.ts`: its own, with the project's migrations and
// seeds, without functions, cron or a sender behind it. Nothing moves in it but what the file does.
import postgres from 'postgres';
import { openDataDirectory, removeDataDirectory } from '../../../src/local/data-directory.ts';
import { copyProjectData, startDatabase } from '../../support/project-data.ts';

/** Of the test file that runs. */
let url: string;

/** Starts it. @returns what ends it and removes its data */
export async function startOwnDatabase(): Promise<() => Promise<void>> {
  const directory = await copyProjectData();
  const server = await startDatabase(directory);
  url = server.url('postgres');
  const sql = ownerConnection();
  await sql`select vault.create_secret('http://functions.test', 'project_url')`;
  await sql`select vault.create_secret('sb_secret_of_these_tests', 'cron_secret_key')`;
  await sql.end();
  return async () => {
    await server.stop();
    removeDataDirectory(openDataDirectory(directory));
  };
}

/** A connection as the database's owner. Ended by the caller. */
export function ownerConnection(): postgres.Sql {
  return postgres(url, { max: 1, onnotice: () => {} });
}
