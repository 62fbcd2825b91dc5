import type { Sql } from 'postgres';

interface QueuedRequest {
  readonly id: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>> | null;
  readonly body: Buffer | null;
  readonly timeout_milliseconds: number;
}

/** What `net._http_response` keeps of a request. */
interface Outcome {
  readonly status_code: number | null;
  readonly content_type: string | null;
  readonly headers: Readonly<Record<string, string>> | null;
  readonly content: string | null;
  readonly timed_out: boolean | null;
  readonly error_msg: string | null;
}

export interface NetSender {
  /** Cancels what is under way and stops listening. */
  stop(): Promise<void>;
}

/** Requests under way at once; the rest waits in the queue. */
const MOST_AT_ONCE = 50;
/** pg_net's default for `pg_net.ttl`. */
const RESPONSE_TTL = '6 hours';
const PURGE_EVERY = 10 * 60_000;

/**
 * The worker behind the pg_net stand-in: sends what is queued in `net.http_request_queue` once its transaction has committed
 * (the queue's trigger notifies), at most once, and stores the response.
 *
 * @param sql a connection of the superuser: the tables are the extension's
 */
export async function startNetSender(sql: Sql, log: (line: string) => void): Promise<NetSender> {
  const cancelled = new AbortController();
  const underWay = new Set<Promise<void>>();
  let draining: Promise<void> | null = null;
  let again = false;

  const drain = async () => {
    while (!cancelled.signal.aborted && underWay.size < MOST_AT_ONCE) {
      const requests = await take(sql, MOST_AT_ONCE - underWay.size);
      if (requests.length === 0) return;
      for (const request of requests) {
        const sending = send(request, cancelled.signal)
          .then((outcome) => (cancelled.signal.aborted ? undefined : store(sql, request.id, outcome)))
          .catch((error: Error) => log(`pg_net: request ${request.id}: ${error.message}`))
          .finally(() => {
            underWay.delete(sending);
            // Room for what could not be taken when the limit was reached.
            if (underWay.size === MOST_AT_ONCE - 1) wake();
          });
        underWay.add(sending);
      }
    }
  };
  const wake = () => {
    if (cancelled.signal.aborted) return;
    if (draining !== null) {
      again = true;
      return;
    }
    draining = drain()
      .catch((error: Error) => {
        if (!cancelled.signal.aborted) log(`pg_net: ${error.message}`);
      })
      .finally(() => {
        draining = null;
        if (again) {
          again = false;
          wake();
        }
      });
  };

  // Also called when the connection was lost and is back: a notification may have been missed.
  const listening = await sql.listen('pg_net_wake', wake, wake);
  const purging = setInterval(() => {
    purge(sql).catch((error: Error) => log(`pg_net: ${error.message}`));
  }, PURGE_EVERY);
  purging.unref();

  return {
    async stop() {
      clearInterval(purging);
      cancelled.abort();
      await listening.unlisten().catch(() => {});
      await draining;
      await Promise.all(underWay);
    },
  };
}

/** Deleting and sending in this order is what makes it "at most once". */
async function take(sql: Sql, most: number): Promise<QueuedRequest[]> {
  if (!(await isInstalled(sql))) return [];
  return sql<QueuedRequest[]>`
    delete from net.http_request_queue
    where id in (select id from net.http_request_queue order by id limit ${most} for update skip locked)
    returning id, method, url, headers, body, timeout_milliseconds
  `;
}

async function isInstalled(sql: Sql): Promise<boolean> {
  const [row] = await sql<
    { installed: boolean }[]
  >`select to_regclass('net._http_response') is not null as installed`;
  return row?.installed === true;
}

async function send(request: QueuedRequest, cancelled: AbortSignal): Promise<Outcome> {
  const timeout = AbortSignal.timeout(request.timeout_milliseconds);
  const startedAt = performance.now();
  try {
    const response = await fetch(request.url, {
      method: request.method.toUpperCase(),
      headers: { 'user-agent': 'pg_net/0.19.5', ...request.headers },
      body: request.body === null ? undefined : new Uint8Array(request.body),
      signal: AbortSignal.any([timeout, cancelled]),
    });
    const content = await response.text();
    return {
      status_code: response.status,
      content_type: response.headers.get('content-type'),
      headers: Object.fromEntries(response.headers),
      content,
      timed_out: false,
      error_msg: null,
    };
  } catch (error) {
    const nothing = { status_code: null, content_type: null, headers: null, content: null };
    if (timeout.aborted) {
      const total = (performance.now() - startedAt).toFixed(1);
      const message = `Timeout of ${request.timeout_milliseconds} ms reached. Total time: ${total} ms`;
      return { ...nothing, timed_out: true, error_msg: message };
    }
    const { message, cause } = error as Error & { cause?: Error };
    return { ...nothing, timed_out: false, error_msg: cause?.message || message };
  }
}

async function store(sql: Sql, id: string, outcome: Outcome): Promise<void> {
  await sql`
    insert into net._http_response (id, status_code, content_type, headers, content, timed_out, error_msg)
    values (
      ${id}, ${outcome.status_code}, ${outcome.content_type},
      ${outcome.headers === null ? null : sql.json(outcome.headers)},
      ${outcome.content?.replaceAll('\0', '') ?? null}, ${outcome.timed_out}, ${outcome.error_msg}
    )
  `;
}

async function purge(sql: Sql): Promise<void> {
  if (await isInstalled(sql)) {
    await sql`delete from net._http_response where created < now() - ${RESPONSE_TTL}::interval`;
  }
}
