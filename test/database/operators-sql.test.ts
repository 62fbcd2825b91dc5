// What an operator pastes: every file of supabase/snippets and every block of docs/operations.md.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rolledBack } from './support/rolled-back.ts';
import { addBars, addEnsemble, addForecast, addJob, addRun, claim, dueSession } from './support/rows.ts';

const REPOSITORY = resolve(import.meta.dirname, '../..');
const SNIPPETS = join(REPOSITORY, 'supabase', 'snippets');
const operations = readFileSync(join(REPOSITORY, 'docs', 'operations.md'), 'utf8');
const snippets = readdirSync(SNIPPETS).filter((file) => file.endsWith('.sql'));
const blocks = [...operations.matchAll(/```sql\n(.*?)```/gs)].map(([, block]) => block);

/** Something of everything, so that a query has rows to find. */
const withRows = (body: Parameters<typeof rolledBack>[0]) =>
  rolledBack(async (sql) => {
    await addEnsemble(sql);
    await addBars(sql, 'SPY', '2026-07-10');
    await addBars(sql, 'MSFT', await dueSession(sql));
    await addForecast(sql, 'MSFT', await dueSession(sql));
    const run = await addRun(sql);
    await addJob(sql, run);
    await addJob(sql, run);
    await sql`select public.dispatch_workers()`;
    await sql`select public.fail_job(${(await claim(sql))!.id}, j.lease_token, 'x', 'y', false) from public.jobs j where j.status = 'running'`;
    await sql`select internal.refuse_run(${await addRun(sql, 'forecast')}, 'too_few_bars', 'too few')`;
    await sql`select internal.tick_job('dispatch')`;
    await sql`update public.schedule_slots set active_since = now() - interval '20 hours'`;
    await sql`select internal.reconcile()`;
    await sql`select internal.report_canary('2026-07-14', '08:00')`;
    await body(sql);
  });

describe('the snippets', () => {
  it.each(snippets)('%s runs and finds what is there', (file) =>
    withRows(async (sql) => {
      const rows = await sql.unsafe(readFileSync(join(SNIPPETS, file), 'utf8'));
      expect(rows.length).toBeGreaterThan(0);
    })(),
  );

  it.each(snippets)('%s is named in docs/operations.md', (file) => {
    expect(operations).toContain(`\`${file}\``);
  });
});

describe('docs/operations.md', () => {
  it('has its SQL', () => {
    expect(blocks.length).toBeGreaterThan(8);
  });

  it.each(blocks)('runs: %s', (block) =>
    withRows(async (sql) => {
      await sql.unsafe(block);
    })(),
  );

  it(
    'names every check, slot, cron job and setting of the schedule',
    rolledBack(async (sql) => {
      const names = await sql`
        select '\`' || name || '\`' as name from (
          select check_name as name from public.vw_run_health
          union select slot from public.schedule_slots
          union select jobname from cron.job where command like '%tick_job%'
          union select unnest(array['slot_attempts', 'forecast_deadline_minutes', 'retention_days'])
        ) n`;
      expect(names.map(({ name }) => name).filter((name) => !operations.includes(name))).toEqual([]);
    }),
  );

  it(
    'gives the times that cron is set to',
    rolledBack(async (sql) => {
      const rows = operations.matchAll(/^\| `(\w+)` \| .*? \| ([\d:, ]+) \/ ([\d:, ]+) \|/gm);
      let checked = 0;
      for (const [, slot, summer, winter] of rows) {
        for (const [date, told] of [
          ['2026-07-14', summer],
          ['2026-11-24', winter],
        ]) {
          const due = await sql`
            select to_char(due_at at time zone 'UTC', 'HH24:MI') as at from internal.slot_times(${date}, ${date})
            where slot = ${slot} order by due_at`;
          expect([slot, due.map(({ at }) => at).join(', ')]).toEqual([slot, told.trim()]);
        }
        checked++;
      }
      expect(checked).toBe(8);
    }),
  );
});
