// Two ticks of a slot at once: what they do is committed.
import { afterEach, describe, expect, it } from 'vitest';
import { ownerConnection } from './support/own-database.ts';
import type { Transaction } from './support/rolled-back.ts';

// A Tuesday in summer: 08:00 in New York is 12:00 UTC.
const DUE = '2026-07-14T12:00:00Z';
const at = (minutes: number, from = DUE) => new Date(Date.parse(from) + minutes * 60_000).toISOString();

describe('two ticks at once', () => {
  afterEach(async () => {
    const sql = ownerConnection();
    await sql`delete from public.canary_reports`;
    await sql`delete from public.slot_runs`;
    await sql.end();
  });

  it('do it once: the second leaves it to the first, and finds it done afterwards', async () => {
    const [first, second] = [ownerConnection(), ownerConnection()];
    const ticked = (sql: Transaction | ReturnType<typeof ownerConnection>) =>
      sql`select internal.tick_slot('canary_report', ${DUE}) as status`.then(([{ status }]) => status);
    try {
      await first.begin(async (transaction) => {
        expect(await ticked(transaction)).toBe('done');
        expect(await ticked(second)).toBe('busy');
      });
      expect(await ticked(second)).toBe('done');
      expect(await second`select id from public.canary_reports`).toHaveLength(1);
    } finally {
      await first.end();
      await second.end();
    }
  });

  it('and an operator who runs a failed one again: it happens once', async () => {
    const [first, second] = [ownerConnection(), ownerConnection()];
    const again = () =>
      second`select public.retry_slot('canary_report', '2026-07-14', '08:00') as status`.then(
        ([{ status }]) => status,
      );
    try {
      await first`insert into public.slot_runs (slot, slot_date, local_time, due_at, status, reason, started_at, finished_at)
        values ('canary_report', '2026-07-14', '08:00', ${DUE}, 'failed', 'x', now(), now())`;
      await first.begin(async (transaction) => {
        const [{ status }] = await transaction`
          select internal.run_slot('canary_report', '2026-07-14', '08:00', ${at(7)}, true) as status`;
        expect(status).toBe('done');
        expect(await again()).toBe('busy');
      });
      await expect(again()).rejects.toMatchObject({ detail: 'not_failed' });
      expect((await first`select attempts from public.slot_runs`)[0].attempts).toBe(2);
    } finally {
      await first.end();
      await second.end();
    }
  });

  it('leave it to reconcile when the first one is rolled back', async () => {
    const [first, second] = [ownerConnection(), ownerConnection()];
    try {
      await first
        .begin(async (transaction) => {
          await transaction`select internal.tick_slot('canary_report', ${DUE})`;
          expect((await second`select internal.tick_slot('canary_report', ${DUE}) as status`)[0].status).toBe(
            'busy',
          );
          throw new Error('killed');
        })
        .catch(() => {});
      expect(await second`select slot from public.slot_runs`).toEqual([]);
      expect((await second`select internal.tick_slot('canary_report', ${DUE}) as status`)[0].status).toBe(
        'done',
      );
    } finally {
      await first.end();
      await second.end();
    }
  });
});
