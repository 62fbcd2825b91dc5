import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { functionNames } from '../../../../src/cli/bundle-functions.ts';
import { deploy } from '../../../../src/cli/canary/deploy/deploy.ts';
import { STEP_NAMES } from '../../../../src/cli/canary/deploy/deploy-step.ts';
import { database } from '../../../../src/cli/canary/deploy/steps/database.ts';
import { remoteTarget } from '../../../../src/cli/canary/target/remote-target.ts';
import { SUPABASE_CLI } from '../../../../src/cli/canary/target/supabase-cli.ts';
import { ownerSql } from '../../../end-to-end/support/stack-clients.ts';
import { stack } from '../../../support/own-stack.ts';
import { canaryContext, endRollout, planOfSeed, prepareCanary } from './support/canary-stack.ts';

const directory = mkdtempSync(join(tmpdir(), 'plumbline-remote-'));
let sql: postgres.Sql;
beforeAll(async () => {
  sql = ownerSql();
  await endRollout(sql);
  await prepareCanary(sql);
});
afterAll(async () => {
  await endRollout(sql);
  await sql`delete from vault.secrets where name = 'alert_webhook_url'`;
  await sql.end();
  rmSync(directory, { recursive: true });
});

/**
 * The real Supabase CLI for all that a plain Postgres can do, which here is the stack's own; functions and secrets, which take an
 * account, are only written down.
 */
function mostlyRealCli(): string {
  const path = join(directory, 'supabase.mjs');
  const functions = JSON.stringify({ functions: functionNames().map((slug) => ({ slug })) });
  writeFileSync(
    path,
    `#!/usr/bin/env node
import { spawnSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
const args = process.argv.slice(2);
appendFileSync(${JSON.stringify(join(directory, 'calls'))}, args.slice(0, 2).join(' ') + '\\n');
if (args[0] === 'db') {
  const { status, stdout, stderr } = spawnSync(${JSON.stringify(SUPABASE_CLI)}, args, { encoding: 'utf8' });
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  process.exitCode = status ?? 1;
} else {
  process.stdout.write(args[1] === 'list' ? ${JSON.stringify(functions)} : '{}');
}
`,
  );
  chmodSync(path, 0o755);
  return path;
}

const WEBHOOK = 'http://127.0.0.1:9/hook-of-this-test';
const storedWebhook = async () =>
  (await sql`select decrypted_secret from vault.decrypted_secrets where name = 'alert_webhook_url'`)[0]
    ?.decrypted_secret;

describe('canary deploy --remote', () => {
  it('goes through every step with the CLI and supabase-js alone', async () => {
    const { url, secretKey, databaseUrl } = stack;
    const environment = { SUPABASE_URL: url, SUPABASE_SECRET_KEY: secretKey };
    const target = remoteTarget(databaseUrl, environment, mostlyRealCli());
    const { context, end } = canaryContext({
      ...planOfSeed(1_000),
      skipTests: true,
      variables: { ENSEMBLE_MODEL_COUNT: '2' },
      secrets: { project_url: url, alert_webhook_url: WEBHOOK },
    });
    try {
      const report = await deploy({ ...context, target });
      expect(report.steps.map(({ step, outcome }) => [step, outcome])).toEqual([
        ['preflight', 'was_done'],
        ['health', 'done'],
        ['database', 'done'],
        ['functions', 'done'],
        ['configuration', 'done'],
        ['first_forecasts', 'done'],
        ['verification', 'was_done'],
        ['monitoring', 'was_done'],
      ]);
      expect(report.steps.map(({ step }) => step)).toEqual(STEP_NAMES);
      expect(await storedWebhook()).toBe(WEBHOOK);
      await target.execute('select internal.schedule_all()');
      await expect(target.query('delete from public.symbols')).rejects.toMatchObject({
        message: expect.stringContaining('--read-only'),
      });
      const calls = readFileSync(join(directory, 'calls'), 'utf8').trim().split('\n');
      expect(new Set(calls)).toEqual(
        new Set(['db query', 'db push', 'functions list', 'functions deploy', 'secrets set']),
      );
    } finally {
      await end();
    }
  });

  it('says which Vault secrets are not the present ones, without showing them, and writes those alone', async () => {
    const { context, end } = canaryContext({
      ...planOfSeed(1_000),
      secrets: { project_url: stack.url, alert_webhook_url: WEBHOOK },
    });
    const step = database(context);
    await sql`delete from vault.secrets where name = 'alert_webhook_url'`;
    await sql`select vault.create_secret('https://another.test/hook', 'alert_webhook_url')`;
    try {
      const state = await step.check();
      expect(state).toEqual({
        missing: [],
        pending: ["Vault's alert_webhook_url is replaced: it is not the present PLUMBLINE_ALERT_WEBHOOK_URL"],
        notes: ['Vault has the present PLUMBLINE_PROJECT_URL'],
      });
      await step.run();
      expect(await storedWebhook()).toBe(WEBHOOK);
      expect((await step.check()).pending).toEqual([]);
      expect(step.sql.join()).toContain('"alert_webhook_url":"..."');
      const [event] =
        await sql`select actor, figures from public.rollout_events where kind = 'secrets_written' order by id desc limit 1`;
      expect(event).toEqual({ actor: context.plan.actor, figures: { alert_webhook_url: 'updated' } });
    } finally {
      await end();
    }
  });
});
