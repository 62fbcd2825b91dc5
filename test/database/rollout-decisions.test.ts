// Decisions on a rollout, one SQL function each: what they do, what they refuse and what they leave in the log.
import { describe, expect, it } from 'vitest';
import { refusalOf, rolledBack, type Transaction } from './support/rolled-back.ts';
import {
  addForecastOf,
  BASELINE,
  beginStage,
  CANDIDATE,
  evaluate,
  evaluationOf,
  events,
  serving,
  startRollout,
} from './support/rollout-rows.ts';
import { addJob, addRun } from './support/rows.ts';

/** Evidence that is surely of after what happens now, and not of a day yet to come. */
const shortly = () => new Date(Date.now() + 400_000).toISOString();
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();

async function call(sql: Transaction, name: string, ...values: unknown[]) {
  const list = values.map((_, i) => `$${i + 1}`).join(', ');
  const [{ answer }] = await sql.unsafe(`select public.${name}(${list}) as answer`, values as never[]);
  return answer;
}
const refused = (sql: Transaction, name: string, ...values: unknown[]) =>
  refusalOf(sql, (inner) => call(inner, name, ...values));
const row = async (sql: Transaction) =>
  (await sql`select * from public.rollouts order by id desc limit 1`)[0];

/** A rollout whose stage has lasted long enough and passed. */
async function readyRollout(sql: Transaction): Promise<void> {
  await startRollout(sql, { since: daysAgo(8) });
  await evaluate(sql);
}

describe('deploying', () => {
  it(
    'takes over both configurations, makes the symbols the canary, and leaves who, what and on which figures',
    rolledBack(async (sql) => {
      await sql`update public.symbols set horizons = '{1D,4h}' where symbol = 'SPX'`;
      const health = { 'run-health': { p95_ms: 12.5, n: 20 } };
      const tests = { passed: 900, failed: 0 };
      const started = await startRollout(sql, { symbols: ['SPX', 'AAPL', 'SPX'], tests, health });
      expect(started).toEqual({
        rollout_id: started.rollout_id,
        ...{ repeated: false, stage: 'canary', symbols: ['AAPL', 'SPX'] },
      });
      const rollout = await row(sql);
      expect(rollout).toMatchObject({
        ...{ status: 'running', stage: 'canary', candidate_hash: CANDIDATE, baseline_hash: BASELINE },
        ...{ code_version: '0.3.0', commit_hash: 'abcdef0', tests, health_captured: health },
      });
      expect(rollout.stage_due_at.getTime() - rollout.stage_started_at.getTime()).toBe(7 * 86_400_000);
      const ensembles = await sql`select ensemble, config_hash, active from public.ensembles order by 1`;
      expect([...ensembles]).toEqual([
        { ensemble: 'baseline', config_hash: BASELINE, active: true },
        { ensemble: 'candidate', config_hash: CANDIDATE, active: true },
      ]);
      const stages =
        await sql`select symbol, stage from public.symbols where stage = 'canary' or symbol in ('MSFT', 'SPY') order by 1`;
      expect(stages.map(({ symbol, stage }) => `${symbol} ${stage}`)).toEqual([
        ...['AAPL canary', 'MSFT limited', 'SPX canary', 'SPY limited'],
      ]);
      const reached =
        await sql`select symbol, stage, horizons, ensemble from public.rollout_symbols order by 1`;
      expect([...reached]).toEqual([
        { symbol: 'AAPL', stage: 'canary', horizons: ['1D'], ensemble: 'candidate' },
        { symbol: 'SPX', stage: 'canary', horizons: ['1D'], ensemble: 'candidate' },
      ]);
      const [deployed, captured] = await events(sql);
      expect(deployed).toMatchObject({
        ...{ kind: 'deployed', stage: 'canary', actor: 'Ada', rollout_id: started.rollout_id },
        figures: { candidate_hash: CANDIDATE, tests, symbols: [{ symbol: 'AAPL', horizons: ['1D'] }, {}] },
      });
      expect(captured).toMatchObject({ kind: 'health_captured', figures: health });
    }),
  );

  it(
    'the same two configurations again is the same rollout; others are refused until it has ended',
    rolledBack(async (sql) => {
      const first = await startRollout(sql);
      expect(await startRollout(sql, { symbols: ['NVDA'] })).toEqual({ ...first, repeated: true });
      const other = await refusalOf(sql, (inner) =>
        startRollout(inner as Transaction, { candidate: '2222222222222222' }),
      );
      expect(other.code).toBe('rollout_running');
      expect(other.message).toMatch(/runs in stage canary.*deployed by Ada at/);
      await call(sql, 'rollback_rollout', 'Bob', 'a test');
      const second = await startRollout(sql);
      expect(second.repeated).toBe(false);
      expect(second.rollout_id).not.toBe(first.rollout_id);
      expect((await serving(sql)).AAPL).toBe('candidate');
    }),
  );

  it(
    'is refused with what it lacks, and changes nothing then',
    rolledBack(async (sql) => {
      const code = async (start: Parameters<typeof startRollout>[1]) =>
        await refusalOf(sql, (inner) => startRollout(inner as Transaction, start));
      expect(await code({ symbols: ['AAPL', 'NONE', 'NEITHER'] })).toEqual({
        code: 'unknown_symbol',
        message: 'Not in the registry of symbols: NEITHER, NONE',
      });
      await sql`update public.symbols set active = false where symbol = 'MSFT'`;
      await sql`update public.symbols set horizons = '{4h,8h}' where symbol = 'SPY'`;
      expect((await code({ symbols: ['AAPL', 'MSFT'] })).code).toBe('inactive_symbol');
      expect((await code({ symbols: ['AAPL', 'SPY'] })).code).toBe('no_horizons');
      expect((await code({ symbols: [] })).code).toBe('no_symbols');
      expect((await code({ symbols: ['AAPL'], actor: ' ' })).code).toBe('no_actor');
      expect((await code({ symbols: ['AAPL'], actor: 'Automatic' })).code).toBe('no_actor');
      expect((await code({ symbols: ['AAPL'], actor: 'Ada\n# Bob' })).code).toBe('no_actor');
      expect((await code({ symbols: ['AAPL'], candidate: BASELINE })).code).toBe('same_configuration');
      // What the judge could not read.
      expect((await code({ symbols: ['AAPL'], tests: { passed: 1.5, failed: 0 } })).message).toContain(
        'rollouts_tests_are_counts',
      );
      expect(
        (await code({ symbols: ['AAPL'], health: { 'run-health': { p95_ms: 1 } as never } })).message,
      ).toContain('rollouts_health_is_durations');
      expect(await row(sql)).toBeUndefined();
      expect((await sql`select from public.ensembles`).length).toBe(0);
    }),
  );
});

describe('promoting', () => {
  it(
    'goes stage by stage with the evidence in the event, and completes',
    rolledBack(async (sql) => {
      await sql`update public.symbols set horizons = '{1D,4h,8h}' where symbol in ('AAPL', 'NVDA', 'SPX')`;
      await readyRollout(sql);
      const first = await call(sql, 'promote_rollout', 'Ada');
      expect(first).toMatchObject({ from: 'canary', to: 'limited', forced: false });
      const reached = async (symbol: string) =>
        (await sql`select stage, horizons from public.rollout_symbols where symbol = ${symbol}`)[0];
      expect(await reached('AAPL')).toEqual({ stage: 'canary', horizons: ['1D', '4h', '8h'] });
      expect(await reached('NVDA')).toEqual({ stage: 'limited', horizons: ['1D', '4h', '8h'] });
      expect(await reached('SPX')).toBeUndefined();
      const [event] = await events(sql, 'promoted');
      expect(event).toMatchObject({
        ...{
          id: first.event_id,
          stage: 'canary',
          actor: 'Ada',
          reason: `evaluation ${first.evaluation_id} passed`,
        },
        figures: {
          ...{ from: 'canary', to: 'limited', forced: false, overridden: [], overridden_criteria: [] },
          evaluation: { id: first.evaluation_id, verdict: 'pass', status_line: 'all in all: pass' },
        },
      });
      expect(event.figures.symbols).toContain('NVDA');
      expect(event.figures.evaluation.criteria).toHaveLength(10);
      expect((await row(sql)).stage_due_at.getTime()).toBeGreaterThan(Date.now() + 6 * 86_400_000);

      await beginStage(sql, daysAgo(8));
      await evaluate(sql);
      expect(await call(sql, 'promote_rollout', 'Ada', 'they look well')).toMatchObject({ to: 'full' });
      expect(await reached('SPX')).toEqual({ stage: 'full', horizons: ['1D', '4h', '8h'] });
      await beginStage(sql, daysAgo(8));
      await evaluate(sql);
      expect(await call(sql, 'promote_rollout', 'Ada', 'done')).toMatchObject({
        from: 'full',
        to: 'completed',
      });
      expect(await row(sql)).toMatchObject({ status: 'completed', stage: 'full', ended_because: 'done' });
      expect(await events(sql, 'completed')).toMatchObject([{ stage: 'full', reason: 'done' }]);
      const after = await refused(sql, 'promote_rollout', 'Ada');
      expect(after.code).toBe('no_rollout');
      expect(after.message).toContain('completed by Ada');
    }),
  );

  it(
    'is refused with all that is missing',
    rolledBack(async (sql) => {
      expect(await refused(sql, 'promote_rollout', 'Ada')).toMatchObject({ code: 'no_rollout' });
      await startRollout(sql);
      const early = await refused(sql, 'promote_rollout', 'Ada');
      expect(early.code).toBe('not_ready');
      expect(early.message).toMatch(/stage canary lasts until .* UTC; stage canary was not evaluated yet$/);
      const before = { evidence_at: daysAgo(2) };
      await evaluate(sql, evaluationOf({ duration: 'insufficient', rmse: 'fail' }, before));
      expect((await refused(sql, 'promote_rollout', 'Ada')).message).toMatch(
        /evaluation \d+ says fail: duration \(insufficient\), rmse \(fail\);/,
      );
      await beginStage(sql, daysAgo(8));
      await evaluate(sql, evaluationOf({}, { evidence_at: daysAgo(24.1 / 24) }));
      expect((await refused(sql, 'promote_rollout', 'Ada')).message).toMatch(/more than 24 hours ago$/);
      await evaluate(sql, evaluationOf({}, { evidence_at: daysAgo(23.9 / 24) }));
      expect(await call(sql, 'promote_rollout', 'Ada')).toMatchObject({ to: 'limited' });
    }),
  );

  it.each(['trigger', 'job_dead', 'forecast_missing', 'error'])(
    'needs an evaluation later than a %s that was noticed',
    (kind) =>
      rolledBack(async (sql) => {
        const { rollout_id } = await startRollout(sql, { since: daysAgo(8) });
        const notice = () => sql`
          select internal.add_rollout_event(${rollout_id}, ${kind}, 'automatic', 'something was noticed')`;
        await notice();
        await evaluate(sql, evaluationOf({}, { evidence_at: shortly() }));
        await notice();
        const refusal = await refused(sql, 'promote_rollout', 'Ada');
        expect(refusal.message).toContain(`: ${kind.replace('_', ' ')}: something was noticed`);
        await evaluate(sql, evaluationOf({}, { evidence_at: shortly() }));
        expect(await call(sql, 'promote_rollout', 'Ada')).toMatchObject({ to: 'limited' });
      })(),
  );

  it(
    'what happened between the evidence and its storing is later, too; notes and missing bars are nothing to wait for',
    rolledBack(async (sql) => {
      const { rollout_id } = await startRollout(sql, { since: daysAgo(8) });
      const notice = (kind: string) => sql`
        select internal.add_rollout_event(${rollout_id}, ${kind}, 'automatic', 'something was noticed')`;
      await notice('error');
      await evaluate(sql, evaluationOf({}, { evidence_at: daysAgo(0.01) }));
      expect((await refused(sql, 'promote_rollout', 'Ada')).code).toBe('not_ready');
      await evaluate(sql, evaluationOf({}, { evidence_at: shortly() }));
      await notice('bars_missing');
      await call(sql, 'note_rollout', 'Bob', 'I looked at the chart');
      expect(await call(sql, 'promote_rollout', 'Ada')).toMatchObject({ to: 'limited' });
    }),
  );

  it(
    'goes by the evaluation that saw most, whichever was stored last, and by none of a day yet to come',
    rolledBack(async (sql) => {
      await startRollout(sql, { since: daysAgo(8) });
      await evaluate(sql, evaluationOf({ rmse: 'fail' }, { evidence_at: daysAgo(0.1) }));
      await evaluate(sql, evaluationOf({}, { evidence_at: daysAgo(0.2) }));
      expect((await refused(sql, 'promote_rollout', 'Ada')).message).toMatch(/says fail: rmse \(fail\)$/);
      await evaluate(sql, evaluationOf({}, { evidence_at: daysAgo(-1) }));
      expect((await refused(sql, 'promote_rollout', 'Ada')).message).toMatch(/says fail: rmse \(fail\)$/);
      await call(sql, 'rollback_rollout', 'Bob', 'a test');
      await startRollout(sql, { since: daysAgo(8) });
      await evaluate(sql, evaluationOf({}, { evidence_at: daysAgo(-1) }));
      expect((await refused(sql, 'promote_rollout', 'Ada')).message).toMatch(/the clock was set back$/);
    }),
  );

  it(
    'waits for what happened and was not noticed yet: an error, a dead job, a missing forecast',
    rolledBack(async (sql) => {
      await startRollout(sql, { since: daysAgo(8) });
      await evaluate(sql, evaluationOf({}, { evidence_at: daysAgo(0.01) }));
      const [{ id }] = await sql`
        select public.record_error('forecast', 'internal_error', 'a secret of the inside')::integer as id`;
      const refusal = await refused(sql, 'promote_rollout', 'Ada');
      expect(refusal.message).toMatch(
        new RegExp(`or shortly before it: error: error ${id} of forecast: internal_error$`),
      );
      await sql`delete from public.errors`;
      const run = await addRun(sql, 'forecast', 'AAPL');
      const job = await addJob(sql, run, 'forecast', { symbol: 'AAPL' });
      await sql`
        update public.jobs set status = 'dead', finished_at = now(), error_code = 'lease_expired', error_message = 'x' where id = ${job}`;
      expect((await refused(sql, 'promote_rollout', 'Ada')).message).toMatch(
        /before it: job dead: job \d+, forecast AAPL 1D: lease_expired$/,
      );
    }),
  );

  it(
    'takes a force that is null for none',
    rolledBack(async (sql) => {
      await startRollout(sql);
      expect(await refused(sql, 'promote_rollout', 'Ada', null, null)).toMatchObject({ code: 'not_ready' });
    }),
  );

  it(
    'by force overrides, says so, needs a reason and keeps what was overridden',
    rolledBack(async (sql) => {
      await startRollout(sql);
      await evaluate(sql, evaluationOf({ rmse: 'fail' }));
      expect(await refused(sql, 'promote_rollout', 'Ada', null, true)).toMatchObject({ code: 'no_reason' });
      const answer = await call(sql, 'promote_rollout', 'Ada', 'the board is aware', true);
      expect(answer).toMatchObject({ from: 'canary', to: 'limited', forced: true });
      const [{ figures, reason }] = await events(sql, 'promoted');
      expect(reason).toBe('the board is aware');
      expect(figures.overridden).toHaveLength(2);
      expect(figures.overridden_criteria).toMatchObject([{ criterion: 'rmse', verdict: 'fail' }]);
      // An evaluation of the stage that was left says nothing of the present one.
      expect((await refused(sql, 'promote_rollout', 'Ada')).message).toContain(
        'stage limited was not evaluated yet',
      );
    }),
  );

  it(
    'out of a stage that was left meanwhile is refused, with who left it and when',
    rolledBack(async (sql) => {
      await readyRollout(sql);
      await call(sql, 'promote_rollout', 'Ada', null, false, 'canary');
      const again = await refused(sql, 'promote_rollout', 'Bob', 'mine', true, 'canary');
      expect(again.code).toBe('stage_changed');
      expect(again.message).toMatch(
        /not in stage canary any more, but in stage limited: promoted by Ada at .* UTC: evaluation/,
      );
      await call(sql, 'promote_rollout', 'Ada', 'on', true, 'limited');
      await call(sql, 'promote_rollout', 'Ada', 'on', true, 'full');
      const late = await refused(sql, 'promote_rollout', 'Bob', 'mine', true, 'full');
      expect(late.code).toBe('stage_changed');
      expect(late.message).toMatch(/but completed: completed by Ada/);
      await call(sql, 'rollback_rollout', 'Cleo', 'it drifts');
      const lost = await refused(sql, 'promote_rollout', 'Bob', 'mine', true, 'full');
      expect(lost.code).toBe('rolled_back');
      expect(lost.message).toMatch(/rolled back by Cleo at .* UTC: it drifts$/);
    }),
  );
});

describe('rolling back', () => {
  it(
    'serves the baseline at once and keeps the evidence: evaluation, last forecasts, and what is left without one',
    rolledBack(async (sql) => {
      await startRollout(sql);
      const cutoff = '2026-07-14T00:00:00Z';
      const candidate = await addForecastOf(sql, { symbol: 'AAPL', cutoff });
      const baseline = await addForecastOf(sql, { symbol: 'AAPL', cutoff, ensemble: 'baseline' });
      await addForecastOf(sql, { symbol: 'MSFT', cutoff });
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
      expect(await row(sql)).toMatchObject({ status: 'rolled_back', ended_because: 'it drifts' });
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
      const left = async () => ((await row(sql)).stage_due_at.getTime() - Date.now()) / 86_400_000;
      await call(sql, 'extend_rollout', 'Ada', 3, 'two holidays');
      expect(await left()).toBeCloseTo(8, 2);
      await beginStage(sql, daysAgo(30));
      const answer = await call(sql, 'extend_rollout', 'Ada', 2, 'more sessions');
      expect(answer).toMatchObject({ stage: 'canary' });
      expect(Date.parse(answer.stage_due_at)).toBe((await row(sql)).stage_due_at.getTime());
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
