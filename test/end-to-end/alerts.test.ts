// Alerts through the stack: the outbox, the sender behind pg_net, and a real webhook.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type postgres from 'postgres';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { stack } from '../support/own-stack.ts';
import { cut, silence, startWebhookServer, status, type WebhookServer } from '../support/webhook-server.ts';
import { eventually, ownerSql } from './support/stack-clients.ts';

const PLANTED = 'planted-webhook-7c19e2';
let sql: postgres.Sql;
let webhook: WebhookServer;
let used = 0;

beforeAll(() => {
  sql = ownerSql();
});
afterAll(async () => {
  await sql`delete from vault.secrets where name = 'alert_webhook_url'`;
  await sql`update public.divergence_alerts set resolved_at = now(), resolution = 'a test' where symbol like 'ALT%' and resolved_at is null`;
  await sql`update public.symbols set active = false where symbol like 'ALT%'`;
  await sql.end();
});
beforeEach(async () => {
  webhook = await startWebhookServer();
  await sql`delete from vault.secrets where name = 'alert_webhook_url'`;
  // What other tests have opened is nobody's to hear of here, and what these have sent counts for no later one.
  await deliver();
  await sql`update public.alert_deliveries set sent_at = sent_at - interval '2 hours' where status not in ('waiting', 'sent')`;
  await setAddress(webhook.address);
});
afterEach(() => webhook.stop());

async function setAddress(address: string): Promise<void> {
  await sql`delete from vault.secrets where name = 'alert_webhook_url'`;
  await sql`select vault.create_secret(${address}, 'alert_webhook_url')`;
}

/** A tick, as of some minutes from now; again while cron's own is at it. */
async function deliver(minutes = 0): Promise<void> {
  await eventually(async () => {
    const [{ made }] =
      await sql`select internal.deliver_alerts(now() + make_interval(mins => ${minutes})) as made`;
    return made.busy === true ? undefined : true;
  });
}

/** Opens alerts, each of a symbol of its own; their ids. */
async function open(count = 1): Promise<number[]> {
  const symbols = Array.from({ length: count }, () => `ALT${++used}`);
  await sql`insert into public.symbols (symbol, active) select unnest(${symbols}::text[]), false`;
  const rows = await sql`
    insert into public.divergence_alerts (symbol_id, symbol, horizon, ensemble, level, threshold, divergence, message)
    select id, symbol, '1D', 'candidate', 'critical', 0.3, 0.4, 'window 1499' from public.symbols where symbol = any (${symbols})
    order by id returning id`;
  return rows.map(({ id }) => Number(id));
}

/** What the webhook was told of the alerts that were opened here: the stack that is shared may have others to tell. */
const told = () => webhook.told.filter((text) => text.includes('ALT'));

const delivery = async (alert: number) =>
  (await sql`select * from public.alert_deliveries where divergence_alert_id = ${alert}`)[0];

/** As long as the slowest request that shares a batch of pg_net with a message may take, and the next batch. */
const PATIENCE = 90_000;

/** Ticks until the delivery has this status. */
async function become(alert: number, wanted: string, minutes = 0): Promise<void> {
  await eventually(async () => {
    await deliver(minutes);
    return (await delivery(alert)).status === wanted ? true : undefined;
  }, PATIENCE).catch(async () => expect((await delivery(alert)).status).toBe(wanted));
}

describe('an alert', () => {
  it('reaches the webhook once, however often is ticked', async () => {
    const [alert] = await open();
    await become(alert!, 'delivered');
    for (let i = 0; i < 3; i++) await deliver(i);
    await sleep(300);
    expect(told()).toEqual([
      `Divergence, level critical: ALT${used} 1D, candidate, is at a divergence of 40.0 % (the level begins at 30.0 %). window 1499`,
    ]);
    expect(await delivery(alert!)).toMatchObject({ status: 'delivered', attempts: 1, response_status: 200 });
  });

  it('is sent by two ticks at the same moment once', async () => {
    const [alert] = await open();
    const other = ownerSql();
    try {
      await Promise.all(
        [sql, other, sql, other].map((connection) => connection`select internal.deliver_alerts()`),
      );
      await become(alert!, 'delivered');
      expect(told()).toHaveLength(1);
    } finally {
      await other.end();
    }
  });

  it('is sent again after a 500, and is delivered then', async () => {
    webhook.answerWith(status(500), status(200));
    const [alert] = await open();
    await eventually(async () => {
      await deliver();
      return (await delivery(alert!)).response_status === 500 ? true : undefined;
    });
    await become(alert!, 'delivered', 2);
    expect(await delivery(alert!)).toMatchObject({ attempts: 2, response_status: 200, reason: null });
    expect(told()).toHaveLength(2);
  });

  it('waits for a webhook that refuses connections, and arrives once', async () => {
    const { port } = webhook;
    await webhook.stop();
    const [alert] = await open();
    await eventually(async () => {
      await deliver();
      return (await delivery(alert!)).reason ?? undefined;
    });
    expect(await delivery(alert!)).toMatchObject({
      status: 'waiting',
      reason: 'no connection to the webhook',
    });
    webhook = await startWebhookServer(port);
    await become(alert!, 'delivered', 2);
    expect(told()).toHaveLength(1);
  });

  it('may have arrived when the connection is cut: it is not sent again', async () => {
    webhook.answerWith(cut, status(200));
    const [alert] = await open();
    await become(alert!, 'unknown');
    for (const minutes of [0, 5, 60]) await deliver(minutes);
    await sleep(300);
    expect(told()).toHaveLength(1);
  });

  it('may have arrived when no answer comes: it is not sent again', async () => {
    webhook.answerWith(silence);
    const [alert] = await open();
    await become(alert!, 'unknown');
    expect((await delivery(alert!)).reason).toBe('no answer within 10 s; it may have arrived');
    webhook.answerWith(status(200));
    for (const minutes of [0, 5, 60]) await deliver(minutes);
    await sleep(300);
    expect(told()).toHaveLength(1);
  });

  it('goes into one digest with 29 others', async () => {
    const alerts = await open(30);
    await become(alerts[0]!, 'delivered');
    expect(told()).toHaveLength(1);
    expect(told()[0]).toMatch(/^30 alerts since .*: 30 critical\. The worst:\n- /);
    const rows =
      await sql`select distinct status, digest_id from public.alert_deliveries where divergence_alert_id = any (${alerts})`;
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ status: 'delivered', digest_id: expect.anything() });
  });
});

it('the address is in no table that anybody reads, and on no log', async () => {
  const tables = await sql`
    select format('%s.%I', relnamespace::regnamespace, relname) as name from pg_class
    where relnamespace in ('public'::regnamespace, 'internal'::regnamespace, 'cron'::regnamespace) and relkind in ('r', 'v')`;
  const [alert] = await open();
  await become(alert!, 'delivered');
  for (const { name } of tables) {
    const [{ n }] = await sql.unsafe(
      `select count(*)::integer as n from ${name} t where t::text like '%${PLANTED}%'`,
    );
    expect([name, n]).toEqual([name, 0]);
  }
  expect(readFileSync(stack.logFile, 'utf8')).not.toContain(PLANTED);
});
