// What becomes of what the judge finds: stored, told, acted on; and how the schedule asks for it.
import { describe, expect, it } from 'vitest';
import { refusalOf, rolledBack, type Transaction } from './support/rolled-back.ts';
import { CRITERIA, evaluate, evaluationOf, events, serving, startRollout } from './support/rollout-rows.ts';

const WORSE = {
  ...{ trigger: 'rmse_worse', subject: '1D', figures: { ratio: 1.2 } },
  sentence: 'The RMSE over 1D is more than 10 % worse, beyond doubt.',
};
const status = async (sql: Transaction) =>
  (await sql`select status from public.rollouts order by id desc limit 1`)[0].status;

describe('an evaluation', () => {
  it(
    'is stored, and leaves an event when its verdict is another than before',
    rolledBack(async (sql) => {
      await startRollout(sql);
      const first = await evaluate(sql, evaluationOf({ rmse: 'insufficient' }));
      expect(first).toEqual({
        evaluation_id: first.evaluation_id,
        verdict: 'insufficient',
        decision: 'hold',
        rolled_back: false,
      });
      await evaluate(sql, evaluationOf({ crps: 'insufficient' }));
      await evaluate(sql);
      const stored = await sql`
        select stage, verdict, status_line, code_version, criteria, triggers from public.rollout_evaluations order by id`;
      expect(stored.map(({ verdict }) => verdict)).toEqual(['insufficient', 'insufficient', 'pass']);
      expect(stored[2]).toMatchObject({
        ...{
          stage: 'canary',
          status_line: 'all in all: pass',
          code_version: '0.3.0',
          triggers: [],
        },
        criteria: CRITERIA.map((criterion) => ({ criterion, verdict: 'pass', n: 5 })),
      });
      expect(await events(sql, 'evaluated')).toMatchObject([
        {
          actor: 'automatic',
          reason: 'all in all: insufficient',
          figures: { before: null, verdict: 'insufficient' },
        },
        { reason: 'all in all: pass', figures: { before: 'insufficient', verdict: 'pass' } },
      ]);
    }),
  );

  it(
    'whose verdict is better than its worst criterion is not stored',
    rolledBack(async (sql) => {
      await startRollout(sql);
      for (const [verdicts, verdict] of [
        [{ rmse: 'fail' }, 'pass'],
        [{ rmse: 'fail' }, 'insufficient'],
        [{ rmse: 'insufficient' }, 'pass'],
        [{}, 'fail'],
      ] as const) {
        const { message } = await refusalOf(sql, (inner) =>
          evaluate(inner, evaluationOf(verdicts, { verdict })),
        );
        expect(message).toContain('rollout_evaluations_verdict_is_the_worst');
      }
      const empty = await refusalOf(sql, (inner) => evaluate(inner, evaluationOf({}, { criteria: [] })));
      expect(empty.message).toContain('rollout_evaluations_criteria_are_there');
      for (const verdict of ['passed', undefined]) {
        const criteria = [...evaluationOf().criteria.slice(1), { criterion: 'duration', verdict }];
        const strange = await refusalOf(sql, (inner) => evaluate(inner, evaluationOf({}, { criteria })));
        expect(strange.message).toContain('rollout_evaluations_verdicts_known');
      }
    }),
  );

  it(
    'of another rollout, of a stage that was left, or of a rollout that is over is refused',
    rolledBack(async (sql) => {
      const store = (id: number, stage: string) =>
        refusalOf(
          sql,
          (inner) => inner`
          select public.store_evaluation(${id}, ${stage}, ${inner.json(evaluationOf() as never)})`,
        );
      expect((await store(1, 'canary')).code).toBe('no_rollout');
      const { rollout_id } = await startRollout(sql);
      expect((await store(rollout_id + 1, 'canary')).code).toBe('no_rollout');
      await sql`select public.promote_rollout('Ada', 'on', true)`;
      const left = await store(rollout_id, 'canary');
      expect(left.code).toBe('stage_changed');
      expect(left.message).toContain('promoted by Ada');
      await sql`select public.rollback_rollout('Bob', 'x')`;
      expect((await store(rollout_id, 'limited')).code).toBe('rolled_back');
    }),
  );
});

describe('a trigger of the judge', () => {
  it(
    'rolls back, with the trigger and the evaluation as evidence',
    rolledBack(async (sql) => {
      await startRollout(sql);
      const answer = await evaluate(sql, evaluationOf({ rmse: 'fail' }, { triggers: [WORSE] }));
      expect(answer).toMatchObject({ verdict: 'fail', decision: 'roll back', rolled_back: true });
      expect(await status(sql)).toBe('rolled_back');
      expect((await serving(sql)).AAPL).toBe('baseline');
      expect((await events(sql)).map(({ kind }) => kind)).toEqual([
        'deployed',
        'evaluated',
        'trigger',
        'rolled_back',
      ]);
      const [trigger, rolledBackEvent] = await events(sql, 'trigger', 'rolled_back');
      expect(trigger).toMatchObject({ subject: 'canary rmse_worse 1D', reason: WORSE.sentence });
      expect(rolledBackEvent).toMatchObject({
        ...{ actor: 'automatic', reason: WORSE.sentence },
        figures: { triggers: [WORSE], evaluation: { id: answer.evaluation_id, verdict: 'fail' } },
      });
    }),
  );

  it(
    'rolls nothing back where there is none, whatever failed',
    rolledBack(async (sql) => {
      await startRollout(sql);
      const answer = await evaluate(sql, evaluationOf({ rmse: 'fail', crps: 'fail' }));
      expect(answer).toMatchObject({ verdict: 'fail', decision: 'do not promote', rolled_back: false });
      expect(await status(sql)).toBe('running');
    }),
  );

  it(
    'is recorded only, once, where automatic_rollback is false, and acts as soon as it is true and holds',
    rolledBack(async (sql) => {
      await startRollout(sql);
      await sql`select public.change_setting('automatic_rollback', 'false')`;
      const worse = evaluationOf({ rmse: 'fail' }, { triggers: [WORSE] });
      for (let i = 0; i < 2; i++) expect(await evaluate(sql, worse)).toMatchObject({ rolled_back: false });
      expect(await events(sql, 'trigger')).toHaveLength(1);
      await sql`select public.change_setting('automatic_rollback', 'true')`;
      expect(await evaluate(sql, worse)).toMatchObject({ rolled_back: true });
    }),
  );
});

describe('the schedule', () => {
  const DUE = '2026-07-14T11:45:00Z';
  const tick = async (sql: Transaction, at = DUE) => {
    await sql`update public.schedule_slots set active_since = '2026-07-01T00:00:00Z'`;
    await sql`select internal.tick_slot('evaluate_rollout', ${at})`;
    const [run] =
      await sql`select status, reason, result from public.slot_runs where slot = 'evaluate_rollout' order by due_at desc`;
    return run;
  };
  const claimEvaluation = async (sql: Transaction) =>
    (await sql`select public.claim_job('{evaluate_rollout}', '0.3.0') as job`)[0].job;
  const complete = (sql: Transaction, job: { id: number; lease_token: string }, result = evaluationOf()) =>
    sql`select public.complete_job(${job.id}, ${job.lease_token}, ${sql.json(result as never)})`;

  it(
    'asks for one evaluation at 07:45, 11:45 and 17:45 in New York, of the rollout that runs',
    rolledBack(async (sql) => {
      expect(await tick(sql)).toMatchObject({ status: 'skipped', reason: 'no rollout runs' });
      const { rollout_id } = await startRollout(sql);
      for (const at of [
        '2026-07-14T15:45:00Z',
        '2026-07-14T15:46:00Z',
        '2026-07-14T21:45:00Z',
        '2026-07-14T12:45:00Z',
      ])
        await tick(sql, at);
      const jobs = await sql`
        select r.kind as run, r.ensemble, r.params, j.kind, j.payload, j.priority from public.jobs j join public.runs r on r.id = j.run_id`;
      expect(jobs).toHaveLength(2);
      expect(jobs[0]).toEqual({
        ...{ run: 'rollout_evaluation', ensemble: null, kind: 'evaluate_rollout', priority: 15 },
        params: { symbols: [], rollout_id, stage: 'canary' },
        payload: { rollout_id, stage: 'canary' },
      });
    }),
  );

  it(
    'asks the function rollout for it',
    rolledBack(async (sql) => {
      await startRollout(sql);
      await tick(sql);
      await sql`select public.dispatch_workers()`;
      const asked = await sql`select function_name from public.worker_requests`;
      expect(asked.map(({ function_name }) => function_name)).toEqual(['rollout']);
    }),
  );

  it(
    'stores what its worker found with the job’s end',
    rolledBack(async (sql) => {
      await startRollout(sql);
      await tick(sql);
      const job = await claimEvaluation(sql);
      expect(job).toMatchObject({
        kind: 'evaluate_rollout',
        configuration: null,
        config_hash: null,
        checkpoint: null,
      });
      await complete(sql, job, evaluationOf({ rmse: 'fail' }, { triggers: [WORSE] }));
      const [row] =
        await sql`select j.status, j.result, r.status as run from public.jobs j join public.runs r on r.id = j.run_id`;
      expect(row).toMatchObject({
        status: 'succeeded',
        run: 'succeeded',
        result: { verdict: 'fail', rolled_back: true },
      });
      expect(await status(sql)).toBe('rolled_back');
    }),
  );

  it.each([
    ['promoted', "public.promote_rollout('Ada', 'on', true)", 'is running in stage limited meanwhile'],
    ['rolled back', "public.rollback_rollout('Bob', 'x')", 'is rolled back in stage canary meanwhile'],
  ])('drops it when the rollout was %s meanwhile: the job has not failed', (_, decision, says) =>
    rolledBack(async (sql) => {
      const { rollout_id } = await startRollout(sql);
      await tick(sql);
      const job = await claimEvaluation(sql);
      await sql.unsafe(`select ${decision}`);
      await complete(sql, job);
      const [row] = await sql`select status, result from public.jobs`;
      expect(row).toEqual({ status: 'succeeded', result: { skipped: `rollout ${rollout_id} ${says}` } });
      expect(await sql`select from public.rollout_evaluations`).toHaveLength(0);
    })(),
  );

  it(
    'says in vw_run_health when nobody comes for it',
    rolledBack(async (sql) => {
      await startRollout(sql);
      await tick(sql);
      await sql`update public.jobs set run_after = now() - interval '16 minutes'`;
      const [queue] = await sql`select ok, figures from public.vw_run_health where check_name = 'queue'`;
      expect(queue).toMatchObject({ ok: false, figures: { unclaimed: ['rollout'] } });
    }),
  );
});
