import type postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deploy, verify } from '../../../../src/cli/canary/deploy/deploy.ts';
import type { DeployPlan } from '../../../../src/cli/canary/deploy/deploy-context.ts';
import { STEP_NAMES, type StepName } from '../../../../src/cli/canary/deploy/deploy-step.ts';
import { monitoring } from '../../../../src/cli/canary/deploy/steps/monitoring.ts';
import { ownerSql } from '../../../end-to-end/support/stack-clients.ts';
import {
  canaryContext,
  endRollout,
  PLAN,
  planOfSeed,
  prepareCanary,
  SYMBOLS,
} from './support/canary-stack.ts';

let sql: postgres.Sql;
beforeAll(async () => {
  sql = ownerSql();
  await prepareCanary(sql);
});
afterAll(async () => {
  await endRollout(sql);
  await sql.end();
});
beforeEach(() => endRollout(sql));

/** What a deploy leaves in the database, without ids and times; the plan's candidate under one name whatever its hash. */
async function outcome(plan: DeployPlan = PLAN) {
  const [rollout] = await sql`
    select r.id, r.status, r.stage, r.candidate_hash, r.baseline_hash, r.commit_hash, r.tests,
      (select array_agg(k.name order by k.name) from jsonb_object_keys(r.health_captured) k(name)) as queries
    from public.rollouts r order by r.id desc limit 1`;
  const events = await sql`
    select kind, stage, actor from public.rollout_events where rollout_id = ${rollout.id} order by id`;
  const symbols = await sql`
    select symbol, stage, horizons, ensemble from public.rollout_symbols where rollout_id = ${rollout.id} order by symbol`;
  const forecasts = await sql`
    select distinct symbol, horizon, ensemble, config_hash from public.forecasts
    where symbol = any (${SYMBOLS}) and config_hash = any (${[plan.candidate.hash, plan.baseline.hash]}) order by 1, 2, 3`;
  const served = await sql`
    select symbol, ensemble, config_hash from public.current_forecasts where symbol = any (${SYMBOLS}) order by 1`;
  const windows = await sql`
    select symbol, window_id, hyperparameters ->> 'ensemble' as ensemble from public.ensemble_validation_metrics
    where symbol = any (${SYMBOLS}) and hyperparameters ->> 'config_hash' = any (${[plan.candidate.hash, plan.baseline.hash]})
    order by 1, 3`;
  const { id, ...rest } = rollout;
  const text = JSON.stringify({ rollout: rest, events, symbols, forecasts, served, windows });
  return JSON.parse(text.replaceAll(plan.candidate.hash, PLAN.candidate.hash));
}

describe('canary deploy', () => {
  it('is ready before, deploys, is complete after, and has nothing to do the second time', async () => {
    const { context, said, end } = canaryContext();
    try {
      const before = await verify(context);
      expect(before).toMatchObject({ deployed: false, ready: true, missing: [] });

      const report = await deploy(context);
      expect(report).toMatchObject({
        stage: 'canary',
        symbols: SYMBOLS,
        candidate_hash: PLAN.candidate.hash,
      });
      expect(report.steps.map(({ step }) => step)).toEqual(STEP_NAMES);
      const state = await outcome();
      expect(state.rollout).toMatchObject({
        ...{ status: 'running', stage: 'canary', tests: { passed: 12, failed: 0 } },
        commit_hash: PLAN.source.commit,
      });
      expect(state.rollout.queries.length).toBeGreaterThan(3);
      expect(state.served).toEqual(
        SYMBOLS.map((symbol) => ({ symbol, ensemble: 'candidate', config_hash: PLAN.candidate.hash })),
      );
      expect(await verify(context)).toMatchObject({ deployed: true, ready: true, missing: [] });

      const again = await deploy(context);
      expect(again.rollout_id).toBe(report.rollout_id);
      expect(again.steps.map(({ outcome }) => outcome)).toEqual(STEP_NAMES.map(() => 'was_done'));
      expect(await outcome()).toEqual(state);
      expect(said.join('\n')).toContain('first forecasts: ');
    } finally {
      await end();
    }
  });

  it('ends in the same state after a break at any moment of any step', async () => {
    const whole = canaryContext();
    await deploy(whole.context);
    const wanted = await outcome(PLAN);
    await whole.end();

    let seed = 1;
    const reached = new Set<string>();
    for (const step of STEP_NAMES) {
      for (const moment of ['checked', 'running', 'ran', 'done'] as const) {
        await endRollout(sql);
        // First forecasts are work only for a candidate that has none yet.
        if (step === 'first_forecasts') seed++;
        const plan = planOfSeed(seed);
        const { context, end } = canaryContext(plan);
        const powerFails = () => {
          reached.add(`${step} ${moment}`);
          throw new Error('the power failed');
        };
        // Lines come while a step runs.
        const tell = (line: string) => {
          if (moment === 'running' && step === 'first_forecasts' && /forecasts: \d of/.test(line))
            powerFails();
        };
        try {
          await deploy({ ...context, tell }, (name: StepName, at) => {
            if (name === step && at === moment) powerFails();
          }).catch((error: Error) => expect(error.message).toBe('the power failed'));
          await deploy(context);
          expect([step, moment, await outcome(plan)]).toEqual([step, moment, wanted]);
        } finally {
          await end();
        }
      }
    }
    // Where the embedded stack has nothing to run, a break after running cannot come.
    const atLeast = STEP_NAMES.flatMap((step) => [`${step} checked`, `${step} done`]);
    const ran = ['preflight', 'health', 'configuration', 'first_forecasts'].map((step) => `${step} ran`);
    for (const moment of [...atLeast, ...ran, 'first_forecasts running']) expect(reached).toContain(moment);
  });

  it('keeps what it measured before the break, and measures nothing anew afterwards', async () => {
    const { context, end } = canaryContext();
    try {
      await deploy(context, (step, moment) => {
        if (step === 'health' && moment === 'done') throw new Error('the power failed');
      }).catch(() => {});
      const [before] = await sql`select count(*)::integer as n from public.query_timings`;
      await deploy(context);
      const [after] = await sql`select count(*)::integer as n from public.query_timings`;
      expect(after.n).toBe(before.n);
    } finally {
      await end();
    }
  });
});

describe('canary deploy refuses', () => {
  it('symbols without bars, with too few, or with old ones, and lists them all', async () => {
    const { context, end } = canaryContext({ symbols: ['NVDA', 'CANA', 'TSLA'] });
    await sql`select public.change_setting('window_sizes', '{"1D": {"train": 260, "validation": 110, "test": 60, "step": 40}}')`;
    try {
      const { missing, ready } = await verify(context);
      expect(ready).toBe(false);
      expect(missing.map(({ what }) => what)).toEqual([
        'CANA 1D has 420 bars, and a window takes 430',
        'NVDA 1D has no bars',
        'TSLA 1D has no bars',
      ]);
      await expect(deploy(context)).rejects.toMatchObject({
        code: 'not_ready',
        message: expect.stringContaining('NVDA 1D has no bars'),
      });
      expect(await sql`select from public.rollouts where status = 'running'`).toHaveLength(0);
    } finally {
      await end();
      await prepareCanary(sql);
    }
  });

  it('a cron job that is paused, which scheduling it again would leave paused', async () => {
    const { context, end } = canaryContext();
    const setActive = (active: boolean) => sql`
      select cron.alter_job(j.jobid, active := ${active}) from cron.job j where j.jobname = 'plumbline-reconcile'`;
    const step = monitoring(context);
    try {
      await setActive(false);
      await step.run();
      expect(await step.check()).toMatchObject({
        pending: [],
        missing: [{ what: 'the cron job plumbline-reconcile is paused' }],
      });
      await setActive(true);
      await sql`select cron.unschedule('plumbline-plan')`;
      expect(await step.check()).toMatchObject({
        missing: [],
        pending: ['plumbline-plan is scheduled'],
      });
      await step.run();
      expect((await step.check()).pending).toEqual([]);
    } finally {
      await end();
    }
  });

  it('tests that failed, and counts none of a working tree that differs from its commit', async () => {
    const failing = canaryContext();
    const context = { ...failing.context, runTests: async () => ({ passed: 11, failed: 1, ran_at: 'now' }) };
    await expect(deploy(context)).rejects.toMatchObject({
      code: 'not_ready',
      message: expect.stringContaining('1 tests of commit c0ffee00c0ff failed'),
    });
    await failing.end();

    const dirty = canaryContext({ source: { ...PLAN.source, clean: false } });
    await deploy(dirty.context);
    await dirty.end();
    expect((await outcome()).rollout.tests).toBeNull();
  });

  it('while another candidate runs, and while the kill switch is on', async () => {
    const first = canaryContext();
    await deploy(first.context);
    await first.end();
    const other = canaryContext({ candidate: { ...PLAN.candidate, hash: 'ffffffffffffffff' } });
    await expect(deploy(other.context)).rejects.toMatchObject({
      code: 'not_ready',
      message: expect.stringContaining('of another candidate or baseline runs'),
    });

    await sql`select public.set_publishing('Tester', false, 'a test')`;
    try {
      expect((await verify(other.context)).missing[0].what).toContain('the kill switch is on');
    } finally {
      await sql`select public.set_publishing('Tester', true, 'a test')`;
      await other.end();
    }
  });
});
