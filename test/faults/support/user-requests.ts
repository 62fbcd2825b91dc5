import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';

/** When a client goes away: after so many bytes of the body, and a pause. Null: it stays for the answer. */
interface Abort {
  readonly after: number;
  readonly pause: number;
}

/** What a signed-in user sends: bytes, in pieces, with pauses, to the end or not. */
export interface UserRequest {
  readonly user: 0 | 1;
  /** Path, with the query. */
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly contentType: string;
  readonly body: Uint8Array;
  /** Bytes that the head promises beyond those of the body. */
  readonly missing: number;
  /** Milliseconds before it begins, and between its pieces. */
  readonly wait: number;
  readonly pieces: number;
  readonly abort: Abort | null;
}

const bytes = (text: string) => new TextEncoder().encode(text);

/** @param symbols that users may name: those of a rollout, others, some that cannot be fitted, some that are not active */
function bodies(symbols: readonly string[]): fc.Arbitrary<Uint8Array> {
  // Mostly few: one that is not active has the whole request refused.
  const some = fc.oneof(
    fc.uniqueArray(fc.constantFrom(...symbols), { minLength: 1, maxLength: 3 }),
    fc.subarray([...symbols], { minLength: 1 }),
  );
  const named = fc.oneof({ weight: 8, arbitrary: some }, { weight: 1, arbitrary: fc.constant(['NOBODY']) });
  const horizon = fc.constantFrom('1D', '1D', '1D', '1D', '1D', '1D', '4h', '8h', '1d');
  const right = fc.record({ symbols: named, horizon }).map((request) => JSON.stringify(request));
  const flipped = fc
    .tuple(right, fc.nat(), fc.nat(255))
    .map(([text, place, byte]) => bytes(text).with(place % text.length, byte));
  const odd = fc.constantFrom(
    '',
    '{}',
    '[]',
    'null',
    '{"symbols":',
    '{"symbols":["A"],"horizon":{}}',
    `"${'x'.repeat(70_000)}"`,
  );
  return fc.oneof(
    { weight: 8, arbitrary: right.map(bytes) },
    { weight: 2, arbitrary: flipped },
    { weight: 2, arbitrary: odd.map(bytes) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 2_000 }) },
  );
}

/**
 * Requests of signed-in users: subsets of forecasts that are there, that need a fit, that are being made or cannot be; broken bodies; functions and tables that are not
 * theirs; each as a whole, slowly, or until the client goes away.
 *
 * @param runs ids of runs, their own or others'
 */
export function userRequests(symbols: readonly string[], runs: readonly string[]): fc.Arbitrary<UserRequest> {
  const run = fc.constantFrom(...runs, '00000000-0000-4000-8000-000000000000', '7');
  const forecast = fc.constant('/functions/v1/forecast');
  const target = fc.oneof(
    { weight: 8, arbitrary: forecast.map((path) => ({ path, method: 'POST' as const })) },
    {
      weight: 2,
      arbitrary: run.map((id) => ({ path: `/functions/v1/forecast?run=${id}`, method: 'GET' as const })),
    },
    {
      weight: 2,
      arbitrary: fc
        .constantFrom('forecast-worker', 'check-divergence', 'rollout', 'relay', 'ingest-bars?symbol=USED0')
        .map((name) => ({ path: `/functions/v1/${name}`, method: 'POST' as const })),
    },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        { path: '/rest/v1/rpc/rollback_rollout', method: 'POST' as const },
        { path: '/rest/v1/rpc/record_error', method: 'POST' as const },
        { path: '/rest/v1/rollout_events', method: 'POST' as const },
        { path: '/rest/v1/jobs', method: 'POST' as const },
        { path: '/rest/v1/current_forecasts', method: 'GET' as const },
        { path: '/rest/v1/symbols?select=symbol,bars(*)', method: 'GET' as const },
      ),
    },
  );
  return fc
    .record({
      user: fc.constantFrom(0 as const, 1 as const),
      target,
      contentType: fc.constantFrom('application/json', 'application/json', 'text/csv', 'text/plain'),
      body: bodies(symbols),
      missing: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(5_000) }),
      wait: fc.nat(300),
      pieces: fc.integer({ min: 1, max: 5 }),
      abort: fc.oneof(
        { weight: 2, arbitrary: fc.constant(null) },
        { weight: 1, arbitrary: fc.record({ after: fc.nat(100), pause: fc.nat(200) }) },
      ),
    })
    .map(({ target, ...request }) => ({ ...request, ...target }))
    .map((request) =>
      request.method === 'GET' ? { ...request, body: new Uint8Array(), missing: 0 } : request,
    );
}

/** Milliseconds after which the client goes away though it meant to stay. */
const PATIENCE = 20_000;

/**
 * Sends one over a connection of its own.
 *
 * @param tokens of the users
 * @returns the status of the answer; null when the client went away before it, or promised more than it sent
 */
export async function sendAs(
  { url, publishableKey }: { readonly url: string; readonly publishableKey: string },
  tokens: readonly [string, string],
  request: UserRequest,
): Promise<number | null> {
  await sleep(request.wait);
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const answered = firstLine(socket);
  const head = [
    `${request.method} ${request.path} HTTP/1.1`,
    `host: ${hostname}`,
    'connection: close',
    `apikey: ${publishableKey}`,
    `authorization: Bearer ${tokens[request.user]}`,
    `content-type: ${request.contentType}`,
    `content-length: ${request.body.length + request.missing}`,
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  const goesAwayAt =
    request.abort === null ? Number.POSITIVE_INFINITY : Math.min(request.abort.after, request.body.length);
  const size = Math.max(1, Math.ceil(request.body.length / request.pieces));
  for (let sent = 0; sent < Math.min(request.body.length, goesAwayAt); sent += size) {
    socket.write(request.body.subarray(sent, Math.min(sent + size, goesAwayAt)));
    if (request.pieces > 1) await sleep(5);
  }
  const stays = request.abort === null && request.missing === 0;
  const patience = stays ? PATIENCE : (request.abort?.pause ?? 100);
  const status = await Promise.race([answered, sleep(patience, null, { ref: false })]);
  socket.destroy();
  return status;
}

/** The status that the first line of an answer has; null when the connection ends without. */
function firstLine(socket: Socket): Promise<number | null> {
  return new Promise((resolve) => {
    let text = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
      const status = /^HTTP\/1\.1 (\d{3})/.exec(text);
      if (status !== null) resolve(Number(status[1]));
    });
    socket.on('error', () => resolve(null));
    socket.on('close', () => resolve(null));
  });
}
