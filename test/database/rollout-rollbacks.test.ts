// Rolling back, the decisions in between, and the kill switch: what they do, what they refuse and what they leave in the log.
import { describe, expect, it } from 'vitest';
import { call, daysAgo, latestRollout, refused } from './support/decisions.ts';
import { refusalOf, rolledBack } from './support/rolled-back.ts';
import {
  addForecastOf,
  addSeries,
  beginStage,
  evaluate,
  evaluationOf,
  events,
  startRollout,
} from './support/rollout-rows.ts';

describe('rolling back', () => {
  it(
    'serves the baseline at once and keeps the evidence: evaluation, last forecasts, and what is left without one',
    rolledBack(async (sql) => {
      await startRollout(sql);
      const cutoff = '2026-07-14T00:00:00Z';
      const candidate = await addForecastOf(sql, { symbol: 'AAPL', cutoff });
      const baseline = await addForecastOf(sql, { symbol: 'AAPL', cutoff, ensemble: 'baseline' });
      await addForecastOf(sql, { symbol: 'MSFT', cutoff });
      await addSeries(sql);
      const { evaluation_id } = await evaluate(sql, evaluationOf({ crps: 'fail' }));
      await sql`update public.ensembles set active = false where ensemble = 'baseline'`;
      const answer = await call(sql, 'rollback_rollout', 'Bob', ' it drifts ');
      expect(answer).toEqual({
        ...{ rollout_id: answer.rollout_id, event_id: answer.event_id, seconds: answer.seconds },
        ...{ from: 'canary', serving: 'baseline', symbols: ['AAPL', 'MSFT', 'SPY'], overtook: null },
        without_forecast: ['MSFT 1D'],
      });
      expect(answer.seconds).toBeGreaterThanOrEqual(0);
      const shown = await sql`select id::integer, ensemble from public.current_forecasts`;
      expect([...shown]).toEqual([{ id: baseline, ensemble: 'baseline' }]);
      expect(await latestRollout(sql)).toMatchObject({ status: 'rolled_back', ended_because: 'it drifts' });
      const [event] = await events(sql, 'rolled_back');
      expect(event).toMatchObject({
        id: answer.event_id,
        actor: 'Bob',
        reason: 'it drifts',
        stage: 'canary',
      });
      expect(event.figures).toMatchObject({
        ...{
          from: 'canary',
          without_forecast: ['MSFT 1D'],
          evaluation: { id: evaluation_id, verdict: 'fail' },
        },
        last_forecasts: [
          { symbol: 'AAPL', horizon: '1D', candidate: { id: candidate }, baseline: { id: baseline } },
          { symbol: 'MSFT', horizon: '1D', baseline: null },
          { symbol: 'SPY', horizon: '1D', candidate: null, baseline: null },
        ],
      });
    }),
  );

  it(
    'works once, while it runs and after it is completed, and needs a reason',
    rolledBack(async (sql) => {
      expect((await refused(sql, 'rollback_rollout', 'Bob', 'x')).code).toBe('no_rollout');
      await startRollout(sql);
      expect((await refused(sql, 'rollback_rollout', 'Bob', ' ')).code).toBe('no_reason');
      expect((await refused(sql, 'rollback_rollout', null, 'x')).code).toBe('no_actor');
      for (let i = 0; i < 3; i++) await call(sql, 'promote_rollout', 'Ada', 'on', true);
      expect(await call(sql, 'rollback_rollout', 'Bob', 'it drifts')).toMatchObject({ from: 'completed' });
      const again = await refused(sql, 'rollback_rollout', 'Cleo', 'I too');
      expect(again.code).toBe('already_rolled_back');
      expect(again.message).toMatch(/rolled back by Bob at .* UTC: it drifts$/);
      expect(await events(sql, 'rolled_back')).toHaveLength(1);
    }),
  );

  it(
    'names a promotion of the last minute that it overtook, and no older one',
    rolledBack(async (sql) => {
      await startRollout(sql);
      await call(sql, 'promote_rollout', 'Ada', 'on', true);
      const { overtook } = await call(sql, 'rollback_rollout', 'Bob', 'it drifts');
      expect(overtook).toMatchObject({ kind: 'promoted', from: 'canary', to: 'limited', actor: 'Ada' });
      const { rollout_id } = await startRollout(sql);
      await sql`
        insert into public.rollout_events (rollout_id, happened_at, kind, actor, reason, figures)
        values (${rollout_id}, now() - interval '61 seconds', 'promoted', 'Ada', 'x', '{"from": "canary"}')`;
      expect(await call(sql, 'rollback_rollout', 'Bob', 'again')).toMatchObject({ overtook: null });
    }),
  );
});

describe('in between', () => {
  it(
    'a stage is extended from its end, or from now when that has passed',
    rolledBack(async (sql) => {
      await startRollout(sql, { since: daysAgo(2) });
      const left = async () => ((await latestRollout(sql)).stage_due_at.getTime() - Date.now()) / 86_400_000;
      await call(sql, 'extend_rollout', 'Ada', 3, 'two holidays');
      expect(await left()).toBeCloseTo(8, 2);
      await beginStage(sql, daysAgo(30));
      const answer = await call(sql, 'extend_rollout', 'Ada', 2, 'more sessions');
      expect(answer).toMatchObject({ stage: 'canary' });
      expect(Date.parse(answer.stage_due_at)).toBe((await latestRollout(sql)).stage_due_at.getTime());
      expect(await left()).toBeCloseTo(2, 2);
      expect(await events(sql, 'extended')).toMatchObject([
        { actor: 'Ada', reason: 'two holidays', figures: { days: 3 } },
        { reason: 'more sessions', figures: { days: 2 } },
      ]);
      expect((await refused(sql, 'extend_rollout', 'Ada', 0, 'x')).code).toBe('invalid_days');
      expect((await refused(sql, 'extend_rollout', 'Ada', 1, null)).code).toBe('no_reason');
    }),
  );

  it(
    'roles approve once a stage',
    rolledBack(async (sql) => {
      await startRollout(sql);
      expect(await refused(sql, 'approve_rollout', 'Ada', 'QA')).toEqual({
        code: 'unknown_role',
        message: 'QA is not a role that approves; the setting rollout_roles names none',
      });
      await sql`select public.change_setting('rollout_roles', '["ML", "QA"]')`;
      expect(await call(sql, 'approve_rollout', 'Ada', 'QA', 'tried it')).toMatchObject({
        ...{ role: 'QA', stage: 'canary', missing: ['ML'] },
      });
      const twice = await refused(sql, 'approve_rollout', 'Bob', 'QA');
      expect(twice.code).toBe('already_approved');
      expect(twice.message).toMatch(/approved as QA by Ada at/);
      expect(await call(sql, 'approve_rollout', 'Bob', 'ML')).toMatchObject({ missing: [] });
      await call(sql, 'promote_rollout', 'Ada', 'on', true);
      expect(await call(sql, 'approve_rollout', 'Ada', 'QA')).toMatchObject({
        stage: 'limited',
        missing: ['ML'],
      });
      expect(await events(sql, 'approved')).toMatchObject([
        { reason: 'tried it', figures: { role: 'QA', note: 'tried it' } },
        { reason: 'approved as ML', stage: 'canary' },
        { stage: 'limited' },
      ]);
    }),
  );

  it(
    'notes go into the log, before the first rollout and after the last, too',
    rolledBack(async (sql) => {
      expect(await call(sql, 'note_rollout', 'Ada', 'we begin on Monday')).toMatchObject({
        rollout_id: null,
      });
      const { rollout_id } = await startRollout(sql);
      await call(sql, 'rollback_rollout', 'Bob', 'x');
      expect(await call(sql, 'note_rollout', 'Ada', ' what a week ')).toMatchObject({ rollout_id });
      expect(await events(sql, 'note')).toMatchObject([
        { reason: 'we begin on Monday' },
        { reason: 'what a week' },
      ]);
      expect((await refused(sql, 'note_rollout', 'Ada', '')).code).toBe('no_text');
    }),
  );

  it(
    'nothing of it is decided of a rollout that is over',
    rolledBack(async (sql) => {
      await startRollout(sql);
      await call(sql, 'rollback_rollout', 'Bob', 'it drifts');
      for (const [name, ...values] of [
        ['extend_rollout', 'Ada', 1, 'x'],
        ['approve_rollout', 'Ada', 'QA'],
        ['promote_rollout', 'Ada', 'x', true],
      ] as const) {
        const { code, message } = await refused(sql, name, ...values);
        expect([name, code]).toEqual([name, 'rolled_back']);
        expect(message).toContain('rolled back by Bob');
      }
    }),
  );
});

describe('the kill switch', () => {
  it(
    'leaves who and why, and nothing when it is thrown already',
    rolledBack(async (sql) => {
      const { rollout_id } = await startRollout(sql);
      const answer = await call(sql, 'set_publishing', 'Ada', false, 'wrong prices');
      expect(answer).toMatchObject({ publishing: false, changed: true });
      const again = await call(sql, 'set_publishing', 'Bob', false, 'wrong prices');
      expect(again).toEqual({ publishing: false, changed: false, event_id: null });
      await call(sql, 'set_publishing', 'Bob', true, 'they are right again');
      expect(await events(sql, 'kill_switch_on', 'kill_switch_off')).toMatchObject([
        { id: answer.event_id, rollout_id, kind: 'kill_switch_on', actor: 'Ada', reason: 'wrong prices' },
        { kind: 'kill_switch_off', actor: 'Bob', reason: 'they are right again' },
      ]);
      expect((await refused(sql, 'set_publishing', 'Ada', false, '')).code).toBe('no_reason');
    }),
  );

  it(
    'leaves an event however it is thrown, under the name of the session and not of who threw it last',
    rolledBack(async (sql) => {
      await call(sql, 'set_publishing', 'Ada', false, 'wrong prices');
      await sql`select public.change_setting('publishing_enabled', 'true')`;
      await sql`update public.settings set value = 'false' where name = 'publishing_enabled'`;
      await sql`update public.settings set value = 'false' where name = 'publishing_enabled'`;
      const reason = 'the setting publishing_enabled was changed';
      expect((await events(sql)).slice(1)).toMatchObject([
        { kind: 'kill_switch_off', actor: 'postgres', reason, rollout_id: null },
        { kind: 'kill_switch_on', actor: 'postgres', reason },
      ]);
    }),
  );
});

describe('the log', () => {
  it(
    'is append-only, for its owner too',
    rolledBack(async (sql) => {
      await startRollout(sql);
      for (const statement of [
        "update public.rollout_events set reason = 'nothing happened'",
        'delete from public.rollout_events',
        'truncate public.rollout_events, public.alert_deliveries',
        'truncate public.rollouts cascade',
      ])
        for (const role of ['postgres', 'service_role', 'authenticated']) {
          const refusal = await refusalOf(sql, async (inner) => {
            await inner.unsafe(`set local role ${role}`);
            await inner.unsafe(statement);
          });
          expect([role, statement, refusal.code]).toEqual([
            ...[role, statement, role === 'postgres' ? 'append_only' : '42501'],
          ]);
        }
      expect(await events(sql)).toHaveLength(1);
    }),
  );

  it(
    'is written by functions alone',
    rolledBack(async (sql) => {
      for (const role of ['service_role', 'authenticated', 'anon']) {
        const refusal = await refusalOf(sql, async (inner) => {
          await inner.unsafe(`set local role ${role}`);
          await inner`insert into public.rollout_events (kind, actor, reason) values ('note', 'x', 'x')`;
        });
        expect(refusal.code).toBe('42501');
      }
    }),
  );
});
