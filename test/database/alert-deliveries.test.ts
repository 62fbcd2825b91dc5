// The outbox of alerts and what becomes of its rows, with pg_net's answers put where pg_net would put them.
import { describe, expect, it } from 'vitest';
import { rolledBack, type Transaction } from './support/rolled-back.ts';
import { addEnsemble, addJob, addRun, claim } from './support/rows.ts';

const ADDRESS = 'https://hooks.example.test/services/T0/B0/planted';

const useAddress = (sql: Transaction, address = ADDRESS) =>
  sql`select vault.create_secret(${address}, 'alert_webhook_url')`;

async function deliver(sql: Transaction, minutes = 0): Promise<Record<string, number>> {
  const [{ made }] =
    await sql`select internal.deliver_alerts(now() + make_interval(mins => ${minutes})) as made`;
  return made;
}

async function addAlert(sql: Transaction, symbol = 'SPY', level = 'critical', message = 'window 1499') {
  const thresholds: Record<string, number | null> = { warning: 0.15, overfitting: 0.2, critical: 0.3 };
  await sql`
    insert into public.divergence_alerts (symbol_id, symbol, horizon, ensemble, level, threshold, divergence, message)
    select id, symbol, '1D', 'candidate', ${level}, ${thresholds[level] ?? null}, 0.3241, ${message}
    from public.symbols where symbol = ${symbol}`;
}

/** Opens so many alerts more, each of a symbol of its own; fifty at most. */
async function addAlerts(sql: Transaction, count: number, level = 'warning') {
  await sql`
    insert into public.symbols (symbol) select 'A' || chr(64 + i / 26) || chr(65 + i % 26) from generate_series(26, 75) i
    on conflict do nothing`;
  await sql`
    insert into public.divergence_alerts (symbol_id, symbol, horizon, ensemble, level, threshold, divergence, message)
    select id, symbol, '1D', 'candidate', ${level}, 0.15, 0.16, 'x' from public.symbols
    where symbol ~ '^A[A-Z]{2}$' and id not in (select symbol_id from public.divergence_alerts) order by id limit ${count}`;
}

const messages = (sql: Transaction) => sql`
  select q.url, q.headers ->> 'content-type' as type, convert_from(q.body, 'UTF8')::jsonb as body from net.http_request_queue q
  where q.url like '%example.test%' order by q.id`;

/** Answers every message that waits in pg_net's queue, as pg_net does. */
async function answer(
  sql: Transaction,
  status: number | null,
  error: string | null = null,
  timedOut = false,
): Promise<number> {
  const taken = await sql`
    with taken as (delete from net.http_request_queue where url like '%example.test%' returning id)
    insert into net._http_response (id, status_code, error_msg, timed_out, created)
    select id, ${status}, ${error}, ${timedOut}, now() from taken returning id`;
  return taken.length;
}

const rows = (sql: Transaction) =>
  sql`select level, status, reason, attempts, response_status, digest_id from public.alert_deliveries order by id`;

describe('an alert', () => {
  it(
    'is sent once, as Slack takes it, and is delivered when the webhook says so',
    rolledBack(async (sql) => {
      await useAddress(sql);
      await addAlert(sql, 'SPY', 'critical', 'window 1499: <!channel> & more');
      expect(await deliver(sql)).toEqual({ sent: 1 });
      const [message, ...more] = await messages(sql);
      expect(more).toEqual([]);
      expect(message).toEqual({
        url: ADDRESS,
        type: 'application/json',
        body: {
          text: 'Divergence, level critical: SPY 1D, candidate, is at a divergence of 32.4 % (the level begins at 30.0 %). window 1499: &lt;!channel&gt; &amp; more',
        },
      });
      // Under way: nothing more is sent, however often it is looked at.
      expect(await deliver(sql)).toEqual({ sent: 0 });
      expect(await answer(sql, 200)).toBe(1);
      expect(await deliver(sql)).toEqual({ sent: 0 });
      expect(await rows(sql)).toMatchObject([{ level: 'critical', status: 'delivered', attempts: 1 }]);
      expect(await deliver(sql, 600)).toEqual({ sent: 0 });
    }),
  );

  it(
    'is not opened anew while it is open, so there is nothing to send',
    rolledBack(async (sql) => {
      await useAddress(sql);
      const check = {
        open: [
          {
            ...{ symbol: 'SPY', horizon: '1D', ensemble: 'candidate', level: 'warning', threshold: 0.15 },
            ...{ divergence: 0.18, metrics_id: null, message: 'window 7' },
          },
        ],
        resolve: [],
      };
      for (let i = 0; i < 3; i++) await sql`select internal.apply_divergence_check(null, ${sql.json(check)})`;
      expect(await deliver(sql)).toEqual({ sent: 1 });
    }),
  );

  it(
    'is skipped without an address, and not sent when there is one later',
    rolledBack(async (sql) => {
      await addAlert(sql);
      expect(await deliver(sql)).toEqual({ sent: 0, skipped: 1 });
      await useAddress(sql);
      expect(await deliver(sql)).toEqual({ sent: 0 });
      expect(await rows(sql)).toMatchObject([
        { status: 'skipped', reason: 'Vault has no alert_webhook_url', attempts: 0 },
      ]);
    }),
  );

  it.each([
    'http://hooks.example.test/x',
    'http://127.0.0.1.example.test/x',
    'http://127.0.0.1@example.test/x',
    'ftp://example.test',
    'https://',
    'https://example.test/a b',
  ])('does not go to %s', (address) =>
    rolledBack(async (sql) => {
      await useAddress(sql, address);
      await addAlert(sql);
      expect(await deliver(sql)).toEqual({ sent: 0 });
      expect(await rows(sql)).toMatchObject([{ status: 'failed' }]);
      expect(await messages(sql)).toHaveLength(0);
    })(),
  );

  it.each([
    ['status 500', 500, null],
    ['status 503', 503, null],
    ['status 429', 429, null],
    ['a refused connection (stand-in)', null, 'connect ECONNREFUSED 127.0.0.1:9'],
    ['a refused connection', null, "Couldn't connect to server"],
    ['a refused connection (newer curl)', null, 'Could not connect to server'],
    ['an unknown host', null, "Couldn't resolve host name"],
    ['a bad certificate', null, 'SSL peer certificate or SSH remote key was not OK'],
  ])('is tried again after %s, and delivered once', (_, status, error) =>
    rolledBack(async (sql) => {
      await useAddress(sql);
      await addAlert(sql);
      await deliver(sql);
      await answer(sql, status, error);
      expect(await deliver(sql)).toEqual({ sent: 0 });
      expect(await rows(sql)).toMatchObject([{ status: 'waiting', attempts: 1, response_status: status }]);
      expect(await deliver(sql, 1)).toEqual({ sent: 1 });
      await answer(sql, 200);
      expect(await deliver(sql, 2)).toEqual({ sent: 0 });
      expect(await rows(sql)).toMatchObject([{ status: 'delivered', attempts: 2, reason: null }]);
    })(),
  );

  it(
    'is given up after eight attempts',
    rolledBack(async (sql) => {
      await useAddress(sql);
      await addAlert(sql);
      let sent = 0;
      for (let minute = 0; minute < 300; minute += 15) {
        sent += (await deliver(sql, minute)).sent;
        await answer(sql, 502);
      }
      expect(sent).toBe(8);
      expect(await rows(sql)).toMatchObject([
        { status: 'failed', attempts: 8, reason: 'the webhook answered with status 502' },
      ]);
    }),
  );

  it.each([400, 401, 404, 410, 301])('fails at once at status %i', (status) =>
    rolledBack(async (sql) => {
      await useAddress(sql);
      await addAlert(sql);
      await deliver(sql);
      await answer(sql, status);
      expect(await deliver(sql, 60)).toEqual({ sent: 0 });
      expect(await rows(sql)).toMatchObject([
        { status: 'failed', reason: `the webhook answered with status ${status}`, response_status: status },
      ]);
    })(),
  );

  it.each([
    ['no answer in time', 'Timeout of 10000 ms reached. Total time: 10001 ms', true],
    ['a connection that broke off', 'Server returned nothing (no headers, no data)', false],
    ['a connection that was cut (stand-in)', 'other side closed', false],
  ])('may have arrived after %s: unknown, and never sent again', (_, error, timedOut) =>
    rolledBack(async (sql) => {
      await useAddress(sql);
      await addAlert(sql);
      await deliver(sql);
      await answer(sql, null, error, timedOut);
      for (const minutes of [0, 10, 600]) expect(await deliver(sql, minutes)).toEqual({ sent: 0 });
      expect(await rows(sql)).toMatchObject([{ status: 'unknown', attempts: 1 }]);
      expect((await rows(sql))[0].reason).toContain('it may have arrived');
    })(),
  );

  it(
    'is unknown when pg_net lost it, but not while it waits in its queue',
    rolledBack(async (sql) => {
      await useAddress(sql);
      await addAlert(sql);
      await deliver(sql);
      await deliver(sql, 30);
      expect(await rows(sql)).toMatchObject([{ status: 'sent' }]);
      await sql`delete from net.http_request_queue`;
      await deliver(sql, 4);
      expect(await rows(sql)).toMatchObject([{ status: 'sent' }]);
      await deliver(sql, 6);
      expect(await rows(sql)).toMatchObject([{ status: 'unknown' }]);
    }),
  );

  it(
    'does not take the answer to another request for its own, whose number began anew after a crash',
    rolledBack(async (sql) => {
      await useAddress(sql);
      await addAlert(sql);
      await deliver(sql);
      await sql`delete from net.http_request_queue`;
      await sql`
        insert into public.worker_requests (function_name, net_request_id, requested_at)
        select 'forecast-worker', net_request_id, now() + interval '1 second' from public.alert_deliveries`;
      await sql`
        insert into net._http_response (id, status_code, created) select net_request_id, 200, now() + interval '2 seconds' from public.alert_deliveries`;
      await deliver(sql, 6);
      expect(await rows(sql)).toMatchObject([{ status: 'unknown' }]);
    }),
  );

  it(
    'leaves the address in no table of ours',
    rolledBack(async (sql) => {
      await useAddress(sql);
      await addAlert(sql);
      await addAlerts(sql, 8);
      await deliver(sql);
      await answer(sql, null, `${ADDRESS}: Couldn't connect to server`);
      await deliver(sql);
      await sql`select internal.tick_job('alerts')`;
      const tables =
        await sql`select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`;
      for (const { relname } of tables) {
        const [{ n }] = await sql.unsafe(
          `select count(*)::integer as n from public.${relname} t where t::text like '%planted%' or t::text like '%example.test%'`,
        );
        expect([relname, n]).toEqual([relname, 0]);
      }
    }),
  );
});

describe('many alerts', () => {
  it(
    'of five in a tick go out one by one, of six as one digest that counts them and names the worst',
    rolledBack(async (sql) => {
      await useAddress(sql);
      await addAlerts(sql, 5);
      expect(await deliver(sql)).toEqual({ sent: 5 });
      await answer(sql, 200);
      await deliver(sql);
      await addAlerts(sql, 5);
      await addAlert(sql, 'SPY', 'critical', 'the worst <of> all');
      expect(await deliver(sql)).toEqual({ sent: 1 });
      const [{ body }] = await messages(sql);
      expect(body.text).toMatch(
        /^6 alerts since .* UTC: 1 critical, 5 warning\. The worst:\n- Divergence, level critical: SPY 1D/,
      );
      expect(body.text).toContain('the worst &lt;of&gt; all');
      await answer(sql, 500);
      await deliver(sql);
      expect((await rows(sql)).slice(5, 11).every((row) => row.status === 'waiting')).toBe(true);
      expect(await deliver(sql, 1)).toEqual({ sent: 1 });
      await answer(sql, 200);
      await deliver(sql, 2);
      const after = await rows(sql);
      expect(after).toHaveLength(12);
      expect(after.every((row) => row.status === 'delivered')).toBe(true);
      expect(after.slice(5, 11).every((row) => row.digest_id !== null)).toBe(true);
    }),
  );

  it(
    'in an hour are digested every ten minutes, but for what rolls back or stops',
    rolledBack(async (sql) => {
      await useAddress(sql);
      for (let i = 0; i < 3; i++) {
        await addAlerts(sql, 4);
        expect(await deliver(sql)).toEqual({ sent: 4 });
        await answer(sql, 200);
      }
      await addAlerts(sql, 1);
      expect(await deliver(sql)).toEqual({ sent: 1 });
      await answer(sql, 200);
      await addAlerts(sql, 1);
      expect(await deliver(sql, 1)).toEqual({ sent: 0 });
      await sql`select internal.add_rollout_event(null, 'kill_switch_on', 'Ada', 'a test')`;
      expect(await deliver(sql, 2)).toEqual({ sent: 1 });
      expect((await messages(sql))[0].body.text).toContain('Forecasts: kill switch on, by Ada. a test');
      expect((await rows(sql)).filter((row) => row.level === 'digest')).toHaveLength(2);
    }),
  );

  it(
    'share the fate of their digest',
    rolledBack(async (sql) => {
      await useAddress(sql);
      await addAlerts(sql, 30);
      expect(await deliver(sql)).toEqual({ sent: 1 });
      await answer(sql, 404);
      await deliver(sql, 1);
      const after = await rows(sql);
      expect(after).toHaveLength(31);
      expect(after.every((row) => row.status === 'failed')).toBe(true);
    }),
  );
});

describe('errors', () => {
  const watch = async (sql: Transaction, hours = 0) =>
    (await sql`select internal.watch_errors(now() + make_interval(hours => ${hours})) as made`)[0].made;
  const record = (sql: Transaction, source = 'forecast-worker', code = 'internal_error') =>
    sql`select public.record_error(${source}, ${code}, 'what a user must not read')`;

  it(
    'open one alert per source and code, count, and resolve themselves after a day without another',
    rolledBack(async (sql) => {
      await record(sql);
      await record(sql);
      await record(sql, 'forecast');
      expect(await watch(sql)).toEqual({ opened: 2, seen_again: 0, resolved: 0 });
      expect(await watch(sql)).toEqual({ opened: 0, seen_again: 0, resolved: 0 });
      await record(sql);
      await sql`update public.errors set occurred_at = now() + interval '1 hour' where id = (select max(id) from public.errors)`;
      expect(await watch(sql, 1)).toEqual({ opened: 0, seen_again: 1, resolved: 0 });
      expect(await watch(sql, 24)).toEqual({ opened: 0, seen_again: 0, resolved: 1 });
      expect(await watch(sql, 25)).toEqual({ opened: 0, seen_again: 0, resolved: 1 });
      const alerts = await sql`
        select source, occurrences, resolution, resolved_at - opened_at as open from public.error_alerts order by source`;
      expect(alerts).toMatchObject([
        { source: 'forecast', occurrences: 1 },
        { source: 'forecast-worker', occurrences: 3 },
      ]);
      expect(alerts[1].resolution).toMatch(/^none for 24 hours; the last of 3 was at /);
      // Another one after that opens another alert.
      await record(sql);
      await sql`update public.errors set occurred_at = now() + interval '26 hours' where id = (select max(id) from public.errors)`;
      expect(await watch(sql, 26)).toEqual({ opened: 1, seen_again: 0, resolved: 0 });
    }),
  );

  it(
    'are told without their words, which only the service role may read',
    rolledBack(async (sql) => {
      await record(sql);
      await watch(sql);
      const [{ payload }] = await sql`select payload from public.alert_deliveries`;
      expect(payload.text).toMatch(
        /^Error that nobody handled: forecast-worker, internal_error, once since .* UTC\. More is in public\.errors\.$/,
      );
    }),
  );

  it(
    'are dead jobs, missed slots, and what the schedule raises too',
    rolledBack(async (sql) => {
      await addEnsemble(sql);
      await addJob(sql, await addRun(sql));
      const job = (await claim(sql))!;
      await sql`select public.fail_job(${job.id}, ${job.lease_token}, 'too_few_bars', 'SPY has 3', false)`;
      // What makes a tick fail.
      await sql`alter function internal.score_outcomes() rename to score_none`;
      expect(await sql`select internal.tick_job('outcomes') ->> 'error' as error`).toHaveLength(1);
      await sql`insert into public.slot_runs (slot, slot_date, local_time, due_at, status, reason, started_at, finished_at)
        values ('ingest', '2026-07-14', '16:30', now() - interval '2 hours', 'missed', 'no tick came', now(), now())`;
      expect(await watch(sql)).toEqual({ opened: 3, seen_again: 0, resolved: 0 });
      const alerts = await sql`select kind, source, code from public.error_alerts order by kind`;
      expect([...alerts]).toEqual([
        { kind: 'dead_job', source: 'validate_window', code: 'too_few_bars' },
        { kind: 'error', source: 'cron.outcomes', code: 'internal_error' },
        { kind: 'missed_slot', source: 'ingest', code: 'missed' },
      ]);
      const told = await sql`select payload ->> 'text' as text from public.alert_deliveries order by level`;
      expect(told[0].text).toContain('Job ended dead: validate_window, too_few_bars, once since');
    }),
  );
});
