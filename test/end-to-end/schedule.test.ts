import type postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, operatorClient, ownerSql } from './support/stack-clients.ts';

let sql: postgres.Sql;
beforeAll(() => {
  sql = ownerSql();
});
afterAll(() => sql.end());

describe('the schedule of a stack that runs', () => {
  it('ticks by itself and leaves its own rows', async () => {
    const ticks = await eventually(async () => {
      const rows =
        await sql`select ticked_at, result, error from public.cron_ticks where job = 'dispatch' order by 1 desc`;
      return rows.length > 0 ? rows : undefined;
    });
    expect(ticks[0].error).toBeNull();
    expect(ticks[0].result).toEqual({ workers: expect.any(Number) });
    const [job] = await sql`
      select d.status from cron.job_run_details d join cron.job j on j.jobid = d.jobid
      where j.jobname = 'plumbline-dispatch' order by d.runid desc limit 1`;
    expect(['running', 'succeeded']).toContain(job.status);
  });

  it('is told to operators: health, slots, reports and closures', async () => {
    const { client } = await operatorClient();
    const { data, error } = await client
      .from('vw_run_health')
      .select('check_name, subject, status, sentence');
    expect(error).toBeNull();
    expect(data!.find((row) => row.check_name === 'cron' && row.subject === 'dispatch')?.status).toBe('ok');
    for (const table of ['schedule_slots', 'calendar_exceptions'] as const) {
      expect((await client.from(table).select('*').limit(1)).data).toHaveLength(1);
    }
    for (const table of [
      'slot_runs',
      'canary_reports',
      'worker_requests',
      'job_retries',
      'cron_ticks',
    ] as const) {
      expect((await client.from(table).select('*').limit(1)).error).toBeNull();
    }
    for (const [name, given] of [
      ['pause_slot', { p_slot: 'purge', p_reason: 'x' }],
      ['retry_job', { p_job_id: 1 }],
      ['announce_closure', { p_date: '2027-03-10', p_reason: 'x' }],
    ] as const) {
      expect([name, (await client.rpc(name, given as never)).error?.code]).toEqual([name, '42501']);
    }
  });
});
