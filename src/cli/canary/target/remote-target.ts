import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { parse } from '../../../shared/contracts/parse.ts';
import { InvalidInputError } from '../../../shared/errors/invalid-input-error.ts';
import { plumblineClient } from '../../../shared/store/client.ts';
import { RolloutStore } from '../../../shared/store/rollout-store.ts';
import { SUPABASE_CLI, supabaseCli } from './supabase-cli.ts';
import type { Row, Target } from './target.ts';

const rowsSchema = z.array(z.record(z.string(), z.unknown()));
const pushSchema = z.object({ migrations: z.array(z.string()) });
const functionsSchema = z.object({ functions: z.array(z.looseObject({ slug: z.string() })) });

/** Variables by their name, as `process.env` has them. */
type Variables = Readonly<Record<string, string | undefined>>;

/**
 * A hosted project: data over supabase-js with `SUPABASE_URL` and `SUPABASE_SECRET_KEY`, all else by the `supabase` CLI.
 *
 * @param project what the CLI's `--remote=` takes, a ref, branch or URL of a database; empty: the linked project
 * @param executable of the CLI; default: that of package.json
 * @throws InvalidInputError `missing_variable`; `different_project` when `SUPABASE_URL` is another project's
 */
export function remoteTarget(project: string, environment: Variables, executable = SUPABASE_CLI): Target {
  const url = required('SUPABASE_URL', environment).replace(/\/+$/, '');
  const store = plumblineClient(url, required('SUPABASE_SECRET_KEY', environment));
  requireSameProject(project, url);
  const remote = project === '' ? '--remote' : `--remote=${project}`;
  const cli = (...args: string[]) => supabaseCli(executable, args);

  return {
    kind: 'remote',
    name: `the hosted project at ${url}`,
    store,
    rollouts: new RolloutStore(store),
    async query(sql) {
      const rows = await cli('db', 'query', remote, '--read-only', sql);
      return parse(rowsSchema, rows, 'The answer of supabase db query') as readonly Row[];
    },
    async execute(sql) {
      await cli('db', 'query', remote, '--yes', sql);
    },
    async pendingMigrations() {
      const answer = await cli('db', 'push', remote, '--dry-run');
      return parse(pushSchema, answer, 'The answer of supabase db push --dry-run').migrations;
    },
    async applyMigrations() {
      await cli('db', 'push', remote, '--include-seed', '--yes');
    },
    async servedFunctions() {
      const answer = await cli('functions', 'list', remote);
      return parse(functionsSchema, answer, 'The answer of supabase functions list').functions.map(
        ({ slug }) => slug,
      );
    },
    async deployFunctions(variables) {
      if (Object.keys(variables).length > 0) {
        // In a file of this user's only: arguments are seen by everybody on the machine.
        const directory = mkdtempSync(join(tmpdir(), 'plumbline-secrets-'));
        try {
          const file = join(directory, 'env');
          const lines = Object.entries(variables).map(
            ([name, value]) => `${name}=${JSON.stringify(value)}\n`,
          );
          writeFileSync(file, lines.join(''), { mode: 0o600 });
          await cli('secrets', 'set', remote, '--env-file', file, '--yes');
        } finally {
          rmSync(directory, { recursive: true });
        }
      }
      await cli('functions', 'deploy', remote, '--use-api', '--yes');
    },
    // Each look runs the CLI.
    pollInterval: 5_000,
    async close() {},
  };
}

function required(name: string, environment: Variables): string {
  const value = environment[name]?.trim();
  if (value) return value;
  throw new InvalidInputError(
    'missing_variable',
    `${name} is not set: --remote takes the project's address from SUPABASE_URL and a secret key from SUPABASE_SECRET_KEY`,
  );
}

/** Code must not go to one project and decisions to another. */
function requireSameProject(project: string, url: string): void {
  const ref = /^https:\/\/([a-z]{20})\.supabase\.co$/.exec(url)?.[1];
  if (ref === undefined || !/^[a-z]{20}$/.test(project) || ref === project) return;
  throw new InvalidInputError(
    'different_project',
    `--remote=${project} is not the project of SUPABASE_URL, ${url}`,
  );
}
