import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { PostgresDistribution } from '../../src/local/postgres/distribution.ts';
import { copyStandIns } from '../../src/local/postgres/extension-files.ts';

const INSTALL = '/usr/lib/postgresql/15';
const SHARE = '/usr/share/postgresql/15';

/** What the platform's test takes of Debian, by package: the file that shows it is there. */
const PACKAGES: Readonly<Record<string, string>> = {
  'postgresql-15': `${INSTALL}/bin/postgres`,
  'postgresql-15-cron': `${INSTALL}/lib/pg_cron.so`,
  'postgresql-15-pgtap': `${SHARE}/extension/pgtap.control`,
  'postgresql-15-plpgsql-check': `${INSTALL}/lib/plpgsql_check.so`,
  'libtap-parser-sourcehandler-pgtap-perl': '/usr/bin/pg_prove',
};

/** Of a hosted project's privileged extensions: its owner may create them there, being no superuser. */
const BOOTSTRAP = `
  create extension pg_cron;
  grant usage on schema cron to postgres with grant option;
  grant all on all functions in schema cron to postgres with grant option;
  grant all on all sequences in schema cron to postgres with grant option;
  grant all on cron.job_run_details to postgres with grant option;
  grant select on cron.job to postgres with grant option;
  create extension plpgsql_check with schema extensions;
  create extension pgtap with schema extensions;
`;

/** The Debian packages that {@link debianPostgres} and pg_prove need and that are not installed. */
export function missingDebianPackages(isThere: (path: string) => boolean = existsSync): string[] {
  return Object.keys(PACKAGES).filter((name) => !isThere(PACKAGES[name]!));
}

/**
 * Debian's Postgres 15 with the real pg_cron, which runs the jobs by its own clock. pg_net and Vault, which Debian has not,
 * are the stand-ins; they lie below `home`, where Debian's setting extension_destdir finds them: nothing is written to /usr.
 *
 * Call it only when {@link missingDebianPackages} finds none.
 */
export function debianPostgres(home: string): PostgresDistribution {
  // Named like an installation, so that emptying the data directory takes it along.
  const own = join(home, 'postgres-15.debian');
  const extensions = join(own, SHARE, 'extension');
  mkdirSync(extensions, { recursive: true });
  // Every directory on the way, whatever the umask: the server runs as another user.
  for (let path = extensions; path !== home; path = dirname(path)) chmodSync(path, 0o755);
  copyStandIns(extensions, ['pg_net', 'supabase_vault']);
  return {
    install: INSTALL,
    localeOptions: ['--lc-collate=C', '--lc-ctype=C.UTF-8', '--locale=C'],
    settings: {
      extension_destdir: own,
      shared_preload_libraries: 'pg_stat_statements,pg_cron',
      'cron.database_name': 'postgres',
      // No connection of pg_cron's, which would need a password.
      'cron.use_background_workers': 'on',
      max_worker_processes: '20',
    },
    bootstrap: BOOTSTRAP,
    runsCronJobs: true,
  };
}
