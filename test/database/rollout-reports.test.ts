// The canary's report of a rollout, and that it is never better than the worst of the rows it summarises.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canaryReportSchema } from '../../src/shared/contracts/canary-report.ts';
import { parse } from '../../src/shared/contracts/parse.ts';
import { reportMarkdown } from '../../src/shared/rollout/report-markdown.ts';
import { stageDays } from '../../src/shared/rollout/stage-days.ts';
import { rolledBack, type Transaction } from './support/rolled-back.ts';
import { addBars, addEnsemble, addForecast, addWindow, dueSession, HASH } from './support/rows.ts';

const HOUR = 3_600_000;
let reports = 0;

/** Everything as it should be: one symbol with its bars, forecast and window. */
async function addHealth(sql: Transaction): Promise<void> {
  await sql`update public.symbols set active = symbol = 'SPY'`;
  await addEnsemble(sql);
  const session = await dueSession(sql);
  const dates = await addBars(sql, 'SPY', session);
  await addForecast(sql, 'SPY', session);
  await addWindow(sql, 'SPY', dates, 0.1);
}

/** A rollout in stage canary of seven days, `days` of which have passed; returns its id. */
async function addRollout(sql: Transaction, days: number, status = 'running'): Promise<number> {
  const [{ id }] = await sql`
    insert into public.rollouts (status, candidate_hash, baseline_hash, code_version, started_at, stage_started_at, stage_due_at, ended_at, ended_because)
    select ${status}, ${HASH}, 'feed00000000beef', '0', t.began, t.began, t.began + interval '7 days',
      case when ${status} <> 'running' then now() end, case when ${status} <> 'running' then 'a test' end
    from (select now() - make_interval(days => ${days}) as began) t
    returning id`;
  await sql`
    insert into public.rollout_symbols (rollout_id, symbol_id, symbol, stage, horizons)
    select ${id}, s.id, s.symbol, 'canary', '{1D}' from public.symbols s where s.symbol = 'SPY'`;
  return Number(id);
}

interface Evaluation {
  readonly verdicts: readonly ('pass' | 'insufficient' | 'fail')[];
  readonly hoursOld: number;
  readonly triggers: number;
}

async function addEvaluation(sql: Transaction, rollout: number, evaluation: Evaluation): Promise<void> {
  const { verdicts, hoursOld, triggers } = evaluation;
  const criteria = verdicts.map((verdict, i) => ({
    ...{ criterion: `c${i}`, verdict, n: 5, figures: {}, sentence: 'x' },
    bars_needed: verdict === 'insufficient' ? 12 : null,
  }));
  const met = Array.from({ length: triggers }, () => ({
    ...{ trigger: 'rmse_worse', subject: '1D', sentence: 'x' },
  }));
  const verdict = verdicts.includes('fail')
    ? 'fail'
    : verdicts.includes('insufficient')
      ? 'insufficient'
      : 'pass';
  await sql`
    insert into public.rollout_evaluations (rollout_id, stage, evaluated_at, evidence_at, verdict, status_line, criteria, triggers, code_version)
    values (${rollout}, 'canary', now() - make_interval(secs => ${hoursOld * 3600}), now() - make_interval(secs => ${hoursOld * 3600}), ${verdict},
      ${`the status line says ${verdict}`}, ${sql.json(criteria)}, ${sql.json(met)}, '0')`;
}

/** The report of another time of day each, so that it is a new one. */
async function report(sql: Transaction) {
  const time = new Date(++reports * 60_000).toISOString().slice(11, 16);
  await sql`select internal.report_canary('2026-07-14', ${time})`;
  const [row] =
    await sql`select * from public.canary_reports where report_date = '2026-07-14' and report_time = ${time}`;
  return row;
}

/** A report for people: of an id, or as it would be written now. */
async function markdownOf(sql: Transaction, id: string | null): Promise<string> {
  const [{ document }] = await sql`select public.canary_report(${id}) as document`;
  return reportMarkdown(parse(canaryReportSchema, document, 'the report'));
}

const addEvent = (
  sql: Transaction,
  rollout: number | null,
  kind: string,
  hoursAgo: number,
  subject: string | null = null,
) => sql`
  insert into public.rollout_events (rollout_id, happened_at, kind, actor, reason, subject)
  values (${rollout}, now() - make_interval(secs => ${hoursAgo * 3600}), ${kind}, 'Ada', ${`why | ${kind}`}, ${subject})`;

describe('the report of a rollout', () => {
  it(
    'says stage and day, the evaluation with its age and its table, and what happened since',
    rolledBack(async (sql) => {
      await addHealth(sql);
      const rollout = await addRollout(sql, 3);
      await addEvaluation(sql, rollout, { verdicts: ['pass', 'pass'], hoursOld: 2.5, triggers: 0 });
      await addEvent(sql, rollout, 'note', 1);
      const row = await report(sql);
      expect(row).toMatchObject({
        ...{ status: 'ok', rollout_id: String(rollout), rollout_stage: 'canary', rollout_running: true },
        ...{ verdict: 'pass', is_summary: false, decision: null, incidents: 0, errors_open: 0 },
      });
      expect(row.lines.at(-2)).toMatch(/^rollout \d+: stage canary, day 4 of at least 7, due 20/);
      expect(row.lines.at(-1)).toMatch(
        /^evaluation \d+: the status line says pass \(pass, on evidence 2\.5 h old\)$/,
      );
      const markdown = await markdownOf(sql, row.id);
      expect(markdown).toContain('# Canary report of 2026-07-14, ');
      expect(markdown).toContain('**ok**');
      expect(markdown).toContain('## Evaluation\n\n| criterion | verdict | n | finding |');
      expect(markdown).toContain('| c0 | pass | 5 | x |\n| c1 | pass | 5 | x |');
      expect(markdown).toMatch(/\| 20.* \| note \| Ada \| why \\\| note \|/);
    }),
  );

  it(
    'shows hostile words as they are: no heading, column, link, tag or code of theirs',
    rolledBack(async (sql) => {
      await addHealth(sql);
      const rollout = await addRollout(sql, 3);
      const hostile = 'x\n# ok\n| a | \\| b\r\n[l](http://a.test) ![i](http://b.test) <b>`c` **ok**';
      const shown =
        'x # ok \\| a \\| \\\\\\| b \\[l](http://a.test) !\\[i](http://b.test) \\<b>\\`c\\` \\*\\*ok\\*\\*';
      await sql`
        insert into public.rollout_events (rollout_id, kind, actor, reason) values (${rollout}, 'note', ${hostile}, ${hostile})`;
      await sql`select internal.roll_back(${rollout}, 'Ada', ${hostile})`;
      const markdown = await markdownOf(sql, (await report(sql)).id);
      expect(markdown).toContain(`| note | ${shown} | ${shown} |`);
      expect(markdown).toMatch(/^- rollout \d+: rolled back in stage canary at .*: x # ok /m);
      expect(markdown.split('\n').filter((line: string) => line.startsWith('#'))).toHaveLength(2);
    }),
  );

  it(
    'is of every symbol that the rollout has come to',
    rolledBack(async (sql) => {
      await addHealth(sql);
      const rollout = await addRollout(sql, 3);
      await addEvaluation(sql, rollout, { verdicts: ['pass'], hoursOld: 1, triggers: 0 });
      await sql`update public.symbols set active = true, stage = 'limited' where symbol = 'NVDA'`;
      await sql`
        insert into public.rollout_symbols (rollout_id, symbol_id, symbol, stage, horizons)
        select ${rollout}, id, symbol, 'limited', '{1D}' from public.symbols where symbol = 'NVDA'`;
      await sql`
        insert into public.divergence_alerts (symbol_id, symbol, horizon, ensemble, level, threshold, divergence, message)
        select id, symbol, '1D', 'candidate', 'warning', 0.15, 0.16, 'a test' from public.symbols where symbol = 'NVDA'`;
      expect(await report(sql)).toMatchObject({ status: 'attention', alerts_open: 1 });
    }),
  );

  it(
    'is made up on demand, the same words, and stores nothing',
    rolledBack(async (sql) => {
      await addHealth(sql);
      await addEvaluation(sql, await addRollout(sql, 3), {
        verdicts: ['insufficient'],
        hoursOld: 1,
        triggers: 0,
      });
      const now = await markdownOf(sql, null);
      const said = await sql`select r.line from public.report_now() r(line)`;
      expect(await sql`select from public.canary_reports`).toHaveLength(0);
      const body = (markdown: string) => markdown.slice(markdown.indexOf('\n'));
      const row = await report(sql);
      expect(body(now)).toBe(body(await markdownOf(sql, row.id)));
      // In Studio, line by line.
      expect(said.map(({ line }) => line)).toEqual([
        expect.stringMatching(/^canary report of \d{4}-\d\d-\d\d, \d\d:\d\d New York: insufficient$/),
        ...row.lines,
        'c0: insufficient (n 5): x',
      ]);
    }),
  );

  it(
    'shows triggers, and no more of a note than fits',
    rolledBack(async (sql) => {
      await addHealth(sql);
      const rollout = await addRollout(sql, 3);
      await addEvaluation(sql, rollout, { verdicts: ['fail'], hoursOld: 1, triggers: 1 });
      await sql`
        insert into public.rollout_events (rollout_id, kind, actor, reason) values (${rollout}, 'note', 'Ada', ${'x'.repeat(600)})`;
      const markdown = await markdownOf(sql, null);
      expect(markdown).toContain('## What rolls back\n\n- rmse_worse: x\n');
      expect(markdown).toContain(`| note | Ada | ${'x'.repeat(500)} |`);
    }),
  );

  it(
    'counts the days of a stage as the judge does',
    rolledBack(async (sql) => {
      await addHealth(sql);
      await addRollout(sql, 3);
      const days = [];
      for (const hours of [0, 0.01, 23.99, 24, 100, 167.99, 168, 200.5]) {
        await sql`
          update public.rollouts
          set stage_started_at = now() - make_interval(secs => ${hours * 3600}),
            stage_due_at = now() - make_interval(secs => ${hours * 3600}) + interval '150 hours'`;
        const [row] = await sql`
          select to_jsonb(r) as rollout, to_jsonb(now()) as now, (internal.compose_report('2026-07-14', '08:00', now())).lines
          from public.rollouts r`;
        const { day, days: least } = stageDays(row.rollout, row.now);
        expect(row.lines.join('\n')).toContain(`stage canary, day ${day} of at least ${least}, due`);
        days.push(day);
      }
      expect(days).toEqual([1, 1, 1, 2, 5, 7, 8, 9]);
    }),
  );

  it.each([
    ['promote', { verdicts: ['pass'], hoursOld: 1, triggers: 0 }, 'ok'],
    ['hold', { verdicts: ['pass', 'insufficient'], hoursOld: 1, triggers: 0 }, 'insufficient'],
    ['hold', { verdicts: ['pass'], hoursOld: 25, triggers: 0 }, 'insufficient'],
    ['hold', null, 'insufficient'],
    ['do not promote', { verdicts: ['fail', 'insufficient'], hoursOld: 1, triggers: 0 }, 'attention'],
    ['roll back', { verdicts: ['pass'], hoursOld: 1, triggers: 1 }, 'attention'],
  ] as const)('is a summary on the eighth day: %s', (decision, evaluation, status) =>
    rolledBack(async (sql) => {
      await addHealth(sql);
      const rollout = await addRollout(sql, 7);
      await sql`update public.rollouts set stage_due_at = now() + interval '1 minute'`;
      if (evaluation !== null) await addEvaluation(sql, rollout, evaluation);
      expect(await report(sql)).toMatchObject({ is_summary: false, decision: null });
      await sql`update public.rollouts set stage_due_at = now() - interval '1 minute'`;
      const row = await report(sql);
      expect(row).toMatchObject({ status, is_summary: true, decision });
      expect(await markdownOf(sql, row.id)).toContain(`**Summary of the stage: ${decision}**`);
      expect(row.lines.at(-1)).toContain(`the stage has lasted its days: ${decision}: `);
      // Once a stage.
      expect(await report(sql)).toMatchObject({ status, is_summary: false, decision: null });
      // Unless it is extended, and then when that is over.
      await sql`update public.rollouts set stage_due_at = now() + interval '1 day'`;
      expect(await report(sql)).toMatchObject({ is_summary: false });
      await sql`update public.canary_reports set issued_at = issued_at - interval '2 hours', since = since - interval '2 hours', evidence_at = evidence_at - interval '2 hours'`;
      await sql`update public.rollouts set stage_due_at = now()`;
      expect(await report(sql)).toMatchObject({ is_summary: true, decision });
    })(),
  );

  it(
    'says how many bars a hold waits for, and what a failure was',
    rolledBack(async (sql) => {
      await addHealth(sql);
      const rollout = await addRollout(sql, 8);
      await addEvaluation(sql, rollout, { verdicts: ['insufficient', 'pass'], hoursOld: 1, triggers: 0 });
      expect((await report(sql)).lines.at(-1)).toContain('more bars are needed: c0 12');
      await sql`update public.rollouts set stage_due_at = stage_due_at + interval '1 second'`;
      await sql`update public.canary_reports set issued_at = issued_at - interval '20 days', since = since - interval '20 days', evidence_at = null`;
      await addEvaluation(sql, rollout, { verdicts: ['fail', 'pass'], hoursOld: 0.5, triggers: 0 });
      expect((await report(sql)).lines.at(-1)).toBe(
        'the stage has lasted its days: do not promote: failed: c0',
      );
    }),
  );

  it(
    'tells of a rollout that ended since the last report, and then no more',
    rolledBack(async (sql) => {
      await addHealth(sql);
      const rollout = await addRollout(sql, 3, 'rolled_back');
      await sql`select public.seed_ensemble('baseline', '{}', 'feed00000000beef')`;
      await addEvent(sql, rollout, 'rolled_back', 0.1);
      const row = await report(sql);
      expect(row).toMatchObject({ status: 'attention', rollout_running: false, incidents: 1 });
      expect(row.lines.join('\n')).toMatch(/rollout \d+: rolled back in stage canary at .* UTC: a test/);
      await sql`update public.canary_reports set issued_at = now() + interval '1 second'`;
      expect(await report(sql)).toMatchObject({ rollout_id: null, incidents: 0 });
    }),
  );

  it(
    'wants attention while the kill switch is on',
    rolledBack(async (sql) => {
      await addHealth(sql);
      expect((await report(sql)).status).toBe('ok');
      await sql`update public.settings set value = 'false' where name = 'publishing_enabled'`;
      const row = await report(sql);
      expect(row.status).toBe('attention');
      expect(row.lines).toContain('the kill switch is on: nothing is planned or published');
    }),
  );
});

const RANK: Record<string, number> = { ok: 0, pass: 0, insufficient: 1, attention: 2, fail: 2 };
const INCIDENTS = [
  'trigger',
  'rolled_back',
  'forecast_missing',
  'bars_missing',
  'job_dead',
  'error',
  'kill_switch_on',
];
const HARMLESS = [
  'deployed',
  'evaluated',
  'extended',
  'approved',
  'note',
  'kill_switch_off',
  'health_captured',
];

const evaluations = fc.record({
  verdicts: fc.array(fc.constantFrom('pass', 'pass', 'pass', 'insufficient', 'fail'), {
    minLength: 1,
    maxLength: 4,
  }),
  hoursOld: fc.constantFrom(0.5, 6, 23.9, 24.1, 60),
  triggers: fc.constantFrom(0, 0, 0, 1),
});
const situations = fc.record({
  rollout: fc.constantFrom('none', 'running', 'running', 'running'),
  evaluations: fc.array(evaluations as fc.Arbitrary<Evaluation>, { maxLength: 3 }),
  alerts: fc.array(
    fc.record({ level: fc.constantFrom('warning', 'overfitting', 'critical'), open: fc.boolean() }),
    {
      maxLength: 2,
    },
  ),
  errorAlerts: fc.array(fc.boolean(), { maxLength: 2 }),
  errors: fc.array(fc.constantFrom(1, 30), { maxLength: 1 }),
  // Hours ago; the report before was half a day ago.
  events: fc.array(
    fc.record({
      kind: fc.constantFrom(...HARMLESS, ...HARMLESS, ...INCIDENTS),
      hoursAgo: fc.constantFrom(1, 11, 13, 40),
    }),
    { maxLength: 3 },
  ),
});

describe('the status of a report', () => {
  it('is that of the worst of the rows it summarises, whatever they are', async () => {
    const seen: Record<string, number> = {};
    await rolledBack(async (sql) => {
      await addHealth(sql);
      await report(sql);
      await sql`update public.canary_reports set issued_at = now() - interval '12 hours'`;
      await fc.assert(
        fc.asyncProperty(situations, async (situation) => {
          let row: { status: string } = { status: '' };
          let worst = 0;
          await sql
            .savepoint(async (inner) => {
              worst = await addSituation(inner, situation);
              row = (await report(inner)) as never;
              throw new Error('undone');
            })
            .catch((error: Error) => {
              if (error.message !== 'undone') throw error;
            });
          seen[row.status] = (seen[row.status] ?? 0) + 1;
          expect(RANK[row.status]).toBe(worst);
        }),
        { numRuns: 150, seed: 20261123 },
      );
    })();
    // All three were there: the property is not an empty one.
    expect(Math.min(seen.ok ?? 0, seen.insufficient ?? 0, seen.attention ?? 0)).toBeGreaterThan(5);
  });
});

/** Writes the rows of a situation, and returns the rank of the worst of them. */
async function addSituation(
  sql: Transaction,
  situation: typeof situations extends fc.Arbitrary<infer T> ? T : never,
): Promise<number> {
  const ranks = [0];
  const rollout = situation.rollout === 'none' ? null : await addRollout(sql, 3);
  if (rollout !== null) {
    // The latest is stored last, and is the youngest.
    const inOrder = [...situation.evaluations].sort((a, b) => b.hoursOld - a.hoursOld);
    for (const evaluation of inOrder) await addEvaluation(sql, rollout, evaluation);
    const latest = inOrder.at(-1);
    if (latest === undefined || latest.hoursOld * HOUR >= 24 * HOUR) ranks.push(1);
    if (latest !== undefined) ranks.push(...latest.verdicts.map((verdict) => RANK[verdict]!));
    if (latest !== undefined && latest.triggers > 0) ranks.push(2);
  }
  for (const { level, open } of situation.alerts) {
    await sql`
      insert into public.divergence_alerts (symbol_id, symbol, horizon, ensemble, level, threshold, divergence, message, resolved_at, resolution)
      select id, symbol, '1D', 'candidate', ${level}, 0.1, 0.4, 'x', ${open ? null : sql`now()`}, ${open ? null : 'fell'}
      from public.symbols where symbol = 'SPY' on conflict do nothing`;
    if (open) ranks.push(2);
  }
  for (const open of situation.errorAlerts) {
    await sql`
      insert into public.error_alerts (kind, source, code, occurrences, first_seen_at, last_seen_at, opened_at, resolved_at, resolution)
      values ('error', 'forecast', 'internal_error', 1, now(), now(), now(), ${open ? null : sql`now()`}, ${open ? null : 'over'})
      on conflict do nothing`;
    if (open) ranks.push(2);
  }
  for (const hoursAgo of situation.errors) {
    await sql`insert into public.errors (occurred_at, source, code, message) values (now() - make_interval(hours => ${hoursAgo}), 'forecast', 'x', 'y')`;
    if (hoursAgo < 12) ranks.push(2);
  }
  for (const { kind, hoursAgo } of situation.events) {
    await addEvent(sql, rollout, kind, hoursAgo);
    // Of the running stage a trigger stays one, whenever it was met.
    if (INCIDENTS.includes(kind) && (hoursAgo < 12 || (kind === 'trigger' && rollout !== null)))
      ranks.push(2);
  }
  return Math.max(...ranks);
}
