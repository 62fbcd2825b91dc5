import { join } from 'node:path';
import type { Cluster } from '../../src/local/postgres/cluster.ts';
import { type CommandResult, runCommand } from './run-command.ts';
import { StepFailure } from './steps.ts';

/** What the CLI's push puts into Vault: the address is the stack's to replace, and nothing listens there before. */
const SECRETS = {
  PLUMBLINE_PROJECT_URL: 'http://127.0.0.1:9',
  PLUMBLINE_CRON_SECRET_KEY: 'sb_secret_of_the_platform_test',
};

/** The running cluster, as the `supabase` CLI and pg_prove reach it. */
export class PlatformDatabase {
  readonly #project: string;
  readonly #server: Pick<Cluster, 'url'>;
  readonly #signal: AbortSignal;

  constructor(project: string, server: Pick<Cluster, 'url'>, signal: AbortSignal) {
    this.#project = project;
    this.#server = server;
    this.#signal = signal;
  }

  /** A connection URL of the superuser. */
  get superuserUrl(): string {
    return this.#server.url('supabase_admin');
  }

  /** Runs `supabase ...` against the database, as role postgres. */
  supabase(...args: string[]): Promise<CommandResult> {
    const cli = join(this.#project, 'node_modules', 'supabase', 'dist', 'supabase.js');
    return this.#run(process.execPath, [cli, ...args, '--db-url', this.#server.url('postgres')], {
      ...SECRETS,
      DO_NOT_TRACK: '1',
      NO_COLOR: '1',
      SUPABASE_YES: '1',
    });
  }

  /** Runs pgTAP tests, as role postgres. @throws {StepFailure} with what pg_prove printed */
  async prove(directory: string): Promise<string> {
    const url = new URL(this.#server.url('postgres'));
    const { status, output, all } = await this.#run(
      'pg_prove',
      [
        ...['--psql-bin', '/usr/lib/postgresql/15/bin/psql', '--host', url.hostname, '--port', url.port],
        ...['--username', url.username, '--dbname', url.pathname.slice(1)],
        ...['--ext', '.sql', '--recurse', '--failures', '--nocolor', directory],
      ],
      { PGPASSWORD: url.password, PGSSLMODE: 'disable' },
    );
    if (status !== 0) throw new StepFailure(all.replace(/^.* ok$\n/gm, ''));
    const counts = /Files=(\d+), Tests=(\d+)/.exec(output);
    if (counts === null || counts[2] === '0') throw new StepFailure(`no test ran:\n${all}`);
    return `${counts[2]} tests in ${counts[1]} files`;
  }

  #run(command: string, args: readonly string[], environment: NodeJS.ProcessEnv): Promise<CommandResult> {
    // PGOPTIONS, PGSERVICE and their like are for another database.
    const own = Object.entries(process.env).filter(([name]) => !name.startsWith('PG'));
    return runCommand(command, args, {
      cwd: this.#project,
      env: { ...Object.fromEntries(own), ...environment },
      signal: this.#signal,
    });
  }
}
