import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql, TransactionSql } from 'postgres';

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
  /** Cancels what is under way, which is repeated at the next start, and stops listening. */
  stop(): Promise<void>;
}

export interface NetSenderOptions {
  /** Milliseconds between two batches. Default 1,000, as pg_net has it. */
  readonly pause?: number;
}

/** pg_net's default for `pg_net.batch_size`. */
const BATCH_SIZE = 200;
/** pg_net's default for `pg_net.ttl`. */
const RESPONSE_TTL = '6 hours';
const PAUSE = 1_000;
/** What is cancelled gets this long to end, in milliseconds. */
const PATIENCE = 2_000;

/**
 * The worker behind the pg_net stand-in, as `worker.c` of 0.19 has it: takes a batch of what is queued in `net.http_request_queue`, sends
 * all of it at once, waits for the slowest, and pauses. A batch is one transaction: until it ends its rows stay in the queue, all answers
 * appear together, and what fails in it is repeated as a whole.
 *
 * @param sql a connection of the superuser: the tables are the extension's
 */
export async function startNetSender(
  sql: Sql,
  log: (line: string) => void,
  { pause = PAUSE }: NetSenderOptions = {},
): Promise<NetSender> {
  const cancelled = new AbortController();
  let sending: Promise<void> | null = null;
  let again = false;

  const sendAll = async () => {
    do {
      again = false;
      let wasBusy = true;
      while (wasBusy && !cancelled.signal.aborted) {
        wasBusy = await sendBatch(sql, cancelled.signal).catch((error: Error) => {
          if (!cancelled.signal.aborted) log(`pg_net: ${error.message}`);
          return true;
        });
        await sleep(pause, undefined, { signal: cancelled.signal }).catch(() => {});
      }
    } while (again && !cancelled.signal.aborted);
  };
  const wake = () => {
    again = true;
    if (cancelled.signal.aborted || sending !== null) return;
    sending = sendAll().finally(() => {
      sending = null;
    });
  };

  // Also called when the connection was lost and is back: a notification may have been missed.
  const listening = await sql.listen('pg_net_wake', wake, wake);

  return {
    async stop() {
      cancelled.abort();
      await listening.unlisten().catch(() => {});
      // A lost connection may never answer.
      await Promise.race([sending, sleep(PATIENCE)]);
    },
  };
}

/** @returns whether there was anything to do */
async function sendBatch(sql: Sql, cancelled: AbortSignal): Promise<boolean> {
  const [{ installed }] = await sql<
    { installed: boolean }[]
  >`select to_regclass('net._http_response') is not null as installed`;
  if (!installed) return false;
  const expired = await sql`delete from net._http_response where created < now() - ${RESPONSE_TTL}::interval`;
  const sent = await sql.begin(async (transaction) => {
    const requests = await transaction<QueuedRequest[]>`
      delete from net.http_request_queue
      where id in (select id from net.http_request_queue order by id limit ${BATCH_SIZE})
      returning id, method, url, headers, body, timeout_milliseconds`;
    const outcomes = await Promise.all(requests.map((request) => send(request, cancelled)));
    cancelled.throwIfAborted();
    for (const [i, { id }] of requests.entries()) await store(transaction, id, outcomes[i]);
    return requests.length;
  });
  return sent > 0 || expired.count > 0;
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

async function store(sql: TransactionSql, id: string, outcome: Outcome): Promise<void> {
  await sql`
    insert into net._http_response (id, status_code, content_type, headers, content, timed_out, error_msg)
    values (
      ${id}, ${outcome.status_code}, ${outcome.content_type},
      ${outcome.headers === null ? null : sql.json(outcome.headers)},
      ${outcome.content?.replaceAll('\0', '') ?? null}, ${outcome.timed_out}, ${outcome.error_msg}
    )
  `;
}
