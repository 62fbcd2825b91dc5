// Deploying and promoting: what these decisions do, what they refuse and what they leave in the log.
import { describe, expect, it } from 'vitest';
import { call, daysAgo, latestRollout, refused } from './support/decisions.ts';
import { refusalOf, rolledBack, type Transaction } from './support/rolled-back.ts';
import {
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
/** A rollout whose stage has lasted long enough and passed. */
async function readyRollout(sql: Transaction): Promise<void> {
  await startRollout(sql, { since: daysAgo(8) });
  await evaluate(sql);
}

describe('deploying', () => {
  it(
    'takes over both configurations, makes the symbols the canary, and leaves who, what and on which figures',
    rolledBack(async (sql) => {
      await sql`insert into public.symbols (symbol, horizons) values ('SPX', '{1D,4h}')`;
      const health = { 'run-health': { p95_ms: 12.5, n: 20 } };
      const tests = { passed: 900, failed: 0 };
      const started = await startRollout(sql, { symbols: ['SPX', 'AAPL', 'SPX'], tests, health });
      expect(started).toEqual({
        rollout_id: started.rollout_id,
        ...{ repeated: false, stage: 'canary', symbols: ['AAPL', 'SPX'] },
      });
      const rollout = await latestRollout(sql);
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
      expect(await latestRollout(sql)).toBeUndefined();
      expect((await sql`select from public.ensembles`).length).toBe(0);
    }),
  );
});

describe('promoting', () => {
  it(
    'goes stage by stage with the evidence in the event, and completes',
    rolledBack(async (sql) => {
      await sql`insert into public.symbols (symbol) values ('SPX')`;
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
      expect((await latestRollout(sql)).stage_due_at.getTime()).toBeGreaterThan(Date.now() + 6 * 86_400_000);

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
      expect(await latestRollout(sql)).toMatchObject({
        status: 'completed',
        stage: 'full',
        ended_because: 'done',
      });
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
        select public.record_error('forecast-worker', 'internal_error', 'a secret of the inside')::integer as id`;
      const refusal = await refused(sql, 'promote_rollout', 'Ada');
      expect(refusal.message).toMatch(
        new RegExp(`or shortly before it: error: error ${id} of forecast-worker: internal_error$`),
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
