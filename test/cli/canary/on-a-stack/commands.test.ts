import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deploy } from '../../../../src/cli/canary/deploy/deploy.ts';
import { callAs, eventually, ownerSql } from '../../../end-to-end/support/stack-clients.ts';
import { stack } from '../../../support/own-stack.ts';
import {
  canary,
  canaryContext,
  endRollout,
  PLAN,
  prepareCanary,
  run,
  SYMBOLS,
} from './support/canary-stack.ts';

let sql: postgres.Sql;
beforeAll(async () => {
  sql = ownerSql();
  await endRollout(sql);
  await prepareCanary(sql);
});
afterAll(async () => {
  await endRollout(sql);
  await sql.end();
});

async function startRollout(): Promise<number> {
  await endRollout(sql);
  const { context, end } = canaryContext();
  try {
    return (await deploy(context)).rollout_id;
  } finally {
    await end();
  }
}

/** The newest event of a rollout. */
async function latestEvent(rolloutId: number) {
  const [event] = await sql`
    select kind, actor, reason, figures from public.rollout_events where rollout_id = ${rolloutId} order by id desc limit 1`;
  return event;
}

const STILL = [
  'cron_ticks',
  'slot_runs',
  'worker_requests',
  'query_timings',
  'schedule_slots',
  'alert_deliveries',
];

/** Every row of every table that changes only when somebody asks, by the transaction that wrote it. */
async function rowVersions(): Promise<Record<string, string>> {
  const tables = await sql<{ name: string }[]>`
    select tablename as name from pg_tables where schemaname = 'public' and tablename <> all (${STILL}) order by 1`;
  const versions: Record<string, string> = {};
  for (const { name } of tables) {
    const [row] = await sql.unsafe(
      `select count(*) || ' ' || coalesce(md5(string_agg(ctid::text || xmin::text, ',' order by ctid)), '') as version from public.${name}`,
    );
    versions[name] = row.version;
  }
  return versions;
}

/** Every file below a directory that a command could write, with its time. */
function files(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/cluster|postgres/.test(entry.parentPath))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/postgres|deno/.test(path))
    .map((path) => `${path} ${statSync(path).mtimeMs}`)
    .sort();
}

describe('canary deploy --dry-run', () => {
  it('prints every step with its SQL and touches no row and no file', async () => {
    const { dataDirectory } = stack;
    const before = [await rowVersions(), files(dataDirectory)];
    const { status, stdout, stderr } = await canary(
      'deploy',
      '--dry-run',
      '--json',
      '--skip-tests',
      '--symbols',
      'CANA',
    );
    expect([status, stderr]).toEqual([0, '']);
    const run = JSON.parse(stdout);
    expect(run.steps.map((step: { step: string; state: string }) => [step.step, step.state])).toEqual([
      ['preflight', 'done'],
      ['health', 'to_do'],
      ['database', 'done'],
      ['functions', 'done'],
      ['configuration', 'to_do'],
      ['first_forecasts', 'to_do'],
      ['verification', 'to_do'],
      ['monitoring', 'done'],
    ]);
    const statements: string[] = run.steps.flatMap((step: { sql: string[] }) => step.sql);
    for (const name of ['measure_queries', 'start_rollout', 'plan_work', 'vw_canary_board', 'schedule_all'])
      expect(statements.join('\n')).toContain(name);
    expect([await rowVersions(), files(dataDirectory)]).toEqual(before);
  });

  it('starts no stack where none runs, and says that nothing is known', async () => {
    const data = mkdtempSync(join(tmpdir(), 'plumbline-none-'));
    const { status, document } = await run('deploy', '--dry-run', '--skip-tests', '--data', data);
    expect(status).toBe(0);
    expect(new Set(document.steps.map((step: { state: string }) => step.state))).toEqual(
      new Set(['unknown']),
    );
    expect(readdirSync(data)).toEqual([]);
    rmSync(data, { recursive: true });
  });
});

describe('canary deploy --verify-only', () => {
  it('ends with 1 and a list of what is missing', async () => {
    const text = await canary('deploy', '--verify-only', '--skip-tests', '--symbols', 'CANA,NVDA');
    expect(text.status).toBe(1);
    expect(text.stdout).toContain('not ready to deploy, 1 thing missing');
    expect(text.stdout).toContain('preflight: NVDA 1D has no bars');

    const ready = await run('deploy', '--verify-only', '--skip-tests', '--symbols', 'CANA');
    expect(ready).toMatchObject({ status: 0, document: { ready: true, deployed: false, missing: [] } });
  });
});

describe('the commands of a rollout', () => {
  it('tell what there is to know, and decide, each with an event that names who and why', async () => {
    const id = await startRollout();

    const status = await canary('status', '--json');
    expect([status.status, status.stderr]).toEqual([0, '']);
    expect(JSON.parse(status.stdout)).toMatchObject({ rollout: { id, stage: 'canary' }, publishing: true });
    const { text } = await run('status');
    expect(text).toContain(`Rollout ${id}, candidate ${PLAN.candidate.hash} beside baseline`);
    for (const symbol of SYMBOLS) expect(text).toMatch(new RegExp(`^${symbol} +1D +candidate `, 'm'));

    const evaluated = await run('evaluate');
    expect(evaluated).toMatchObject({
      ...{ status: 0, text: expect.stringMatching(/^duration +insufficient/m) },
      document: { verdict: 'insufficient', rolled_back: false, evaluation_id: expect.any(Number) },
    });
    expect(evaluated.text).toMatch(/^criterion +verdict +n +more bars +why/m);

    const refused = await canary('promote', '--actor', 'Bea');
    expect([refused.status, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toMatch(/^error: not_ready: .*stage canary lasts until/);
    await expect(run('promote', '--force')).rejects.toMatchObject({ code: 'no_reason' });

    await run('extend', '--days', '3', '--reason', 'a holiday', '--actor', 'Bea');
    expect(await latestEvent(id)).toMatchObject({ kind: 'extended', actor: 'Bea', reason: 'a holiday' });

    await run('note', 'the', 'desk', 'watches', '--actor', 'Cy');
    expect(await latestEvent(id)).toMatchObject({ kind: 'note', actor: 'Cy', reason: 'the desk watches' });

    await expect(run('approve', '--role', 'ML', '--actor', 'Dee')).rejects.toMatchObject({
      code: 'unknown_role',
    });
    await sql`select public.change_setting('rollout_roles', '["ML"]')`;
    try {
      const approved = await run('approve', '--role', 'ML', 'figures look sound', '--actor', 'Dee');
      expect(approved.text).toBe(`Rollout ${id}: stage canary is approved as ML; no role is missing.`);
    } finally {
      await sql`select public.change_setting('rollout_roles', '[]')`;
    }
    expect(await latestEvent(id)).toMatchObject({
      ...{ kind: 'approved', actor: 'Dee', reason: 'figures look sound' },
    });

    const off = await run('publishing', 'off', '--reason', 'a bad tick', '--actor', 'Eve');
    expect(off.text).toBe('Nothing is published, and nothing is planned.');
    expect(await sql`select from public.current_forecasts`).toHaveLength(0);
    expect(await latestEvent(id)).toMatchObject({
      kind: 'kill_switch_on',
      actor: 'Eve',
      reason: 'a bad tick',
    });
    await run('publishing', 'on', '--reason', 'mended', '--actor', 'Eve');

    const forced = await run('promote', '--force', '--reason', 'a drill', '--actor', 'Fay');
    expect(forced.document).toMatchObject({ from: 'canary', to: 'limited', forced: true });
    expect((await latestEvent(id)).figures.overridden.length).toBeGreaterThan(0);
  });

  it('roll back by one command, which says how long it took, and tell the second who was first', async () => {
    const id = await startRollout();
    const { status, stdout } = await canary('rollback', '--reason', 'a drill', '--actor', 'Gus', '--json');
    expect(status).toBe(0);
    const answer = JSON.parse(stdout);
    expect(answer).toMatchObject({ rollout_id: id, from: 'canary', serving: 'baseline', symbols: SYMBOLS });
    expect(answer.seconds).toBeGreaterThan(0);
    const served =
      await sql`select distinct ensemble from public.current_forecasts where symbol = any (${SYMBOLS})`;
    expect(served.map((row) => row.ensemble)).toEqual(['baseline']);

    await expect(run('rollback', '--reason', 'me too')).rejects.toMatchObject({
      code: 'already_rolled_back',
      message: expect.stringMatching(/by Gus at .*: a drill/),
    });
  });

  it('refuse in one line what is wrong, and ask nobody', async () => {
    const stray = await canary('status', '--days', '3');
    expect([stray.status, stray.stderr.trim()]).toEqual([
      1,
      'error: invalid_argument: Option --days is not one of status: use --json, --actor, --data, --remote',
    ]);
  });

  it('report prints the latest report, its row and its Markdown, and says when there is none', async () => {
    await expect(run('report', '--summary')).rejects.toMatchObject({ code: 'no_report' });
    await sql`select internal.report_canary((now() at time zone 'America/New_York')::date, '08:00', now())`;
    const [{ lines }] = await sql`select lines from public.canary_reports order by id desc limit 1`;
    const latest = await run('report');
    expect(latest.text).toMatch(/^# Canary report of .*, 08:00 New York\n/);
    expect(latest).toMatchObject({ status: 0, document: { lines, markdown: latest.text } });
    const now = await run('report', '--now');
    expect(now).toMatchObject({ status: 0, document: { id: null, markdown: now.text } });
    await expect(run('report', '--summary')).rejects.toMatchObject({ code: 'no_report' });
  });

  it('report prints the summary of a stage while it is the latest, and --summary afterwards too', async () => {
    const id = await startRollout();
    const report = (time: string) =>
      sql`select internal.report_canary((now() at time zone 'America/New_York')::date, ${time}, now())`;
    await sql`
      update public.rollouts set stage_started_at = now() - interval '8 days', stage_due_at = now() - interval '1 hour'
      where id = ${id}`;
    await report('12:00');
    const summary = await run('report', '--summary');
    expect(summary.text).toContain('**Summary of the stage: hold**');
    expect(await run('report')).toEqual(summary);
    await report('18:00');
    expect(await run('report', '--summary')).toEqual(summary);
    expect((await run('report')).text).not.toContain('Summary of the stage');
  });
});

describe('POST /functions/v1/rollout', () => {
  const post = (body: unknown) => callAs('secret', 'rollout', { body: JSON.stringify(body) });

  it('does what the commands do, and refuses with the codes of the database', async () => {
    const id = await startRollout();
    expect(await callAs('secret', 'rollout', { method: 'GET' })).toMatchObject({
      status: 200,
      body: { rollout: { id, stage: 'canary' } },
    });
    expect(await post({ action: 'evaluate' })).toMatchObject({
      status: 200,
      body: {
        ...{ verdict: 'insufficient', decision: 'hold' },
        markdown: expect.stringContaining('Decision: **hold**'),
      },
    });
    expect(await post({ action: 'promote', actor: 'Ann' })).toMatchObject({
      status: 409,
      body: { code: 'not_ready' },
    });
    expect(await post({ action: 'promote', actor: 'Ann', stage: 'full' })).toMatchObject({
      status: 409,
      body: { code: 'stage_changed' },
    });
    expect(await post({ action: 'promote', actor: 'Ann', force: true })).toMatchObject({
      status: 400,
      body: { code: 'no_reason' },
    });
    expect(await post({ action: 'approve', actor: 'Ann', role: 'ML' })).toMatchObject({
      status: 400,
      body: { code: 'unknown_role' },
    });
    expect(await post({ action: 'extend', actor: 'Ann', days: 2 })).toMatchObject({
      status: 200,
      body: { stage: 'canary' },
    });
    expect(await post({ action: 'note', actor: 'Ann', text: 'by HTTP' })).toMatchObject({
      body: { rollout_id: id },
    });
    expect(await post({ action: 'rollback', actor: 'Ann', reason: 'a drill' })).toMatchObject({
      status: 200,
      body: { serving: 'baseline' },
    });
    expect(await post({ action: 'rollback', actor: 'Bob', reason: 'a drill' })).toMatchObject({
      status: 409,
      body: { code: 'already_rolled_back', message: expect.stringContaining('Ann') },
    });
    expect(await post({ action: 'evaluate' })).toMatchObject({ status: 409, body: { code: 'rolled_back' } });
  });

  it('works on one evaluation of the queue when the body is empty', async () => {
    await startRollout();
    await sql`select internal.plan_evaluation('a test')`;
    // Cron's own worker may have been first.
    const { status, body } = await callAs({ apikey: stack.cronKey }, 'rollout', { body: '{}' });
    expect([
      [200, 'idle'],
      [202, 'accepted'],
    ]).toContainEqual([status, body.outcome]);
    const job = await eventually(async () => {
      const [latest] = await sql`
        select status, result ->> 'verdict' as verdict from public.jobs where kind = 'evaluate_rollout' order by id desc limit 1`;
      return latest.status === 'running' ? undefined : latest;
    });
    expect(job).toEqual({ status: 'succeeded', verdict: 'insufficient' });
  });

  it('takes a secret key only, and says what is wrong with a request', async () => {
    const { publishableKey } = stack;
    expect((await callAs({ apikey: publishableKey }, 'rollout', { body: '{}' })).status).toBe(401);
    for (const body of [
      { action: 'promte' },
      { action: 'rollback', actor: 'Ann' },
      { action: 'rollback', actor: '', reason: 'x' },
      { action: 'extend', actor: 'Ann', days: 0 },
      { action: 'note', actor: 'Ann', text: 'x', colour: 'red' },
    ])
      expect([body, await post(body)]).toMatchObject([
        body,
        { status: 400, body: { code: 'invalid_input' } },
      ]);
  });
});
