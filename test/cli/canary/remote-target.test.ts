import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { remoteTarget } from '../../../src/cli/canary/target/remote-target.ts';

const ENVIRONMENT = {
  SUPABASE_URL: 'https://abcdefghijklmnopqrst.supabase.co/',
  SUPABASE_SECRET_KEY: 'sb_secret_x',
};
const ALWAYS = ['--output-format', 'json', '--agent', 'no'];

let directory: string;
let executable: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'plumbline-cli-'));
  executable = join(directory, 'supabase.mjs');
});
afterEach(() => rmSync(directory, { recursive: true }));

/**
 * Stands in for the Supabase CLI: records its arguments, and the file of an --env-file, and answers the same to all. Its real
 * answers were looked at against a plain Postgres; those of functions and secrets, which take an account, never were.
 */
function standIn(answer: string, status = 0): void {
  writeFileSync(
    executable,
    `#!/usr/bin/env node
import { appendFileSync, readFileSync } from 'node:fs';
const args = process.argv.slice(2);
const file = args[args.indexOf('--env-file') + 1];
const env = args.includes('--env-file') ? readFileSync(file, 'utf8') : undefined;
appendFileSync(${JSON.stringify(join(directory, 'calls'))}, JSON.stringify({ args, env }) + '\\n');
process.stdout.write(${JSON.stringify(answer)});
process.exitCode = ${status};
`,
  );
  chmodSync(executable, 0o755);
}

function calls(): { args: string[]; env?: string }[] {
  return readFileSync(join(directory, 'calls'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe('a hosted project', () => {
  it('is asked by read-only queries, of the linked project or the one named', async () => {
    standIn('[{"a": 1}]');
    expect(await remoteTarget('', ENVIRONMENT, executable).query('select 1 as a')).toEqual([{ a: 1 }]);
    await remoteTarget('abcdefghijklmnopqrst', ENVIRONMENT, executable).query('select 2');
    expect(calls().map(({ args }) => args)).toEqual([
      ['db', 'query', '--remote', '--read-only', 'select 1 as a', ...ALWAYS],
      ['db', 'query', '--remote=abcdefghijklmnopqrst', '--read-only', 'select 2', ...ALWAYS],
    ]);
  });

  it('gets what is pending by a dry run of db push, and then the push', async () => {
    standIn('{"migrations": ["1_a.sql"]}');
    const target = remoteTarget('', ENVIRONMENT, executable);
    expect(await target.pendingMigrations()).toEqual(['1_a.sql']);
    await target.applyMigrations();
    expect(calls().map(({ args }) => args)).toEqual([
      ['db', 'push', '--remote', '--dry-run', ...ALWAYS],
      ['db', 'push', '--remote', '--include-seed', '--yes', ...ALWAYS],
    ]);
  });

  it('gets variables in a file that is gone afterwards, never as arguments, and then the functions', async () => {
    standIn('{}');
    const target = remoteTarget('', ENVIRONMENT, executable);
    await target.deployFunctions({ ENSEMBLE_MODEL_COUNT: '3', TIINGO_TOKEN: 'a secret token' });
    const [secrets, functions] = calls();
    expect(secrets.args.slice(0, 3)).toEqual(['secrets', 'set', '--remote']);
    expect(secrets.args.join(' ')).not.toContain('a secret token');
    expect(secrets.env).toBe('ENSEMBLE_MODEL_COUNT="3"\nTIINGO_TOKEN="a secret token"\n');
    expect(existsSync(secrets.args[secrets.args.indexOf('--env-file') + 1])).toBe(false);
    expect(functions.args).toEqual(['functions', 'deploy', '--remote', '--use-api', '--yes', ...ALWAYS]);
  });

  it('tells its functions by their slugs', async () => {
    standIn('{"functions": [{"slug": "forecast", "version": 3}, {"slug": "rollout"}]}');
    expect(await remoteTarget('', ENVIRONMENT, executable).servedFunctions()).toEqual([
      'forecast',
      'rollout',
    ]);
  });

  it('says what the CLI says when it refuses, with its code and what it suggests', async () => {
    standIn(
      '{"_tag":"Error","error":{"code":"AccessTokenRequiredError","message":"Access token not provided.","suggestion":"Run supabase login."}}',
      1,
    );
    await expect(remoteTarget('', ENVIRONMENT, executable).query('select 1')).rejects.toMatchObject({
      code: 'access_token_required',
      message: 'supabase db query: Access token not provided. Run supabase login.',
    });
  });

  it('says so when the CLI is not there or answers otherwise', async () => {
    await expect(remoteTarget('', ENVIRONMENT, executable).query('select 1')).rejects.toMatchObject({
      code: 'supabase_cli_missing',
    });
    standIn('hello');
    await expect(remoteTarget('', ENVIRONMENT, executable).query('select 1')).rejects.toMatchObject({
      code: 'supabase_cli_failed',
    });
    standIn('{"rows": []}');
    await expect(remoteTarget('', ENVIRONMENT, executable).query('select 1')).rejects.toMatchObject({
      code: 'invalid_input',
    });
  });

  it.each([
    ['', { SUPABASE_URL: 'https://x.example' }, 'missing_variable'],
    ['', { SUPABASE_SECRET_KEY: 'x' }, 'missing_variable'],
    ['tsrqponmlkjihgfedcba', ENVIRONMENT, 'different_project'],
  ])(
    'is refused without its address and key, or with another project\u2019s: %j',
    (project, environment, code) => {
      expect(() => remoteTarget(project, environment, executable)).toThrow(expect.objectContaining({ code }));
    },
  );
});
