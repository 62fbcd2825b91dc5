// npm run test:platform: the migrations on Debian's Postgres 15 with the real pg_cron. A throwaway cluster; the supabase CLI's push,
// lint and advisors; pgTAP tests of every SQL function; and one forecast that pg_cron brings about by its own tick.
//
// Usage: npm run test:platform [-- --missing], which prints the Debian packages that are not installed and does nothing else
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import postgres from 'postgres';
import { interruptedStatus, watchForInterruption } from '../../src/cli/interruption.ts';
import { openDataDirectory, removeDataDirectory } from '../../src/local/data-directory.ts';
import { startPostgresIn } from '../../src/local/postgres/start-postgres.ts';
import { debianPostgres, missingDebianPackages } from './debian.ts';
import { checkFunctions, lintErrors } from './lint-functions.ts';
import { lintMigrations } from './lint-migrations.ts';
import { PlatformDatabase } from './platform-database.ts';
import { runBySchedule } from './scheduled-run.ts';
import { StepFailure, Steps } from './steps.ts';
import { requireTests } from './untested-functions.ts';

const PROJECT = resolve(import.meta.dirname, '../..');
const TESTS = join(PROJECT, 'supabase', 'tests');

async function main(): Promise<number> {
  const missing = missingDebianPackages();
  if (process.argv.includes('--missing')) {
    if (missing.length > 0) console.log(missing.join('\n'));
    return 0;
  }
  if (missing.length > 0) {
    console.error(
      `npm run test:platform needs Debian packages that are not installed: ${missing.join(', ')}\n` +
        `Install them as root: apt-get install --no-install-recommends ${missing.join(' ')}\n` +
        'npm test needs none of them.',
    );
    return 1;
  }

  const interruption = watchForInterruption();
  const interrupted = new AbortController();
  interruption.asked.then(() => interrupted.abort());
  const dataDirectory = mkdtempSync(join(tmpdir(), 'plumbline-platform-'));
  const steps = new Steps(() => interruption.signal !== null);
  try {
    await steps.run('squawk, for Postgres 15', () => lintMigrations(PROJECT, interrupted.signal));
    if (await checkDatabase(dataDirectory, steps, interrupted.signal)) {
      await steps.run('a forecast by the real pg_cron', () =>
        runBySchedule({ projectDirectory: PROJECT, dataDirectory, signal: interrupted.signal }),
      );
    }
  } finally {
    removeDataDirectory(openDataDirectory(dataDirectory));
  }
  if (interruption.signal !== null) return interruptedStatus(interruption.signal);
  if (steps.failed.length === 0) return 0;
  console.log(`\nfailed: ${steps.failed.join(', ')}`);
  return 1;
}

/** Everything that needs the database alone; false when the migrations are not in it, so that nothing more can be tried. */
async function checkDatabase(dataDirectory: string, steps: Steps, signal: AbortSignal): Promise<boolean> {
  let server: Awaited<ReturnType<typeof startPostgresIn>> | undefined;
  const isUp = await steps.run("Debian's Postgres with pg_cron starts", async () => {
    server = await startPostgresIn(dataDirectory, debianPostgres);
    return undefined;
  });
  if (!isUp || server === undefined) {
    await server?.stop();
    return false;
  }
  const database = new PlatformDatabase(PROJECT, server, signal);
  const sql = postgres(database.superuserUrl, { max: 1, onnotice: () => {} });
  try {
    const isPushed = await steps.run('supabase db push', async () => {
      const { status, all } = await database.supabase('db', 'push', '--include-seed');
      if (status !== 0) throw new StepFailure(all);
      const [row] = await sql<{ n: number }[]>`
        select count(*)::integer as n from supabase_migrations.schema_migrations
      `;
      return `${row!.n} migrations`;
    });
    if (!isPushed) return false;

    await steps.run('supabase db lint', async () => {
      const { status, output, all } = await database.supabase(
        ...['db', 'lint', '--level', 'error', '--schema', 'public,internal'],
      );
      if (status !== 0) throw new StepFailure(all);
      const errors = lintErrors(output);
      if (errors.length > 0) throw new StepFailure(errors.join('\n'));
      return `${await checkFunctions(sql)} PL/pgSQL functions`;
    });
    await steps.run('supabase db advisors', async () => {
      const { status, all } = await database.supabase(
        'db',
        'advisors',
        '--level',
        'error',
        '--fail-on',
        'error',
      );
      if (status !== 0) throw new StepFailure(all);
      return undefined;
    });
    await steps.run(
      'every SQL function has a pgTAP test',
      async () => `${await requireTests(sql, TESTS)} functions`,
    );
    await steps.run('pgTAP', () => database.prove(TESTS));
    return true;
  } finally {
    await sql.end({ timeout: 2 });
    await server.stop();
  }
}

main().then(
  (status) => {
    process.exitCode = status;
  },
  (error: Error) => {
    console.error(error.stack);
    process.exitCode = 1;
  },
);
