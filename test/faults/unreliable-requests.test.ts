import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SeededRandom } from '../../src/shared/numerics/random.ts';
import { type FaultStack, startFaultStack } from './support/fault-stack.ts';
import { clearResults, resultBits, watchQueue, workBits, writes } from './support/results.ts';
import { BARS, doAllWork, prepareSmallWork } from './support/small-work.ts';

const SYMBOLS = ['NET0', 'NET1', 'NET2', 'NET3', 'NET4', 'NET5'];

/** What becomes of a request on its way to a function. */
const FATES = ['passed', 'lost', 'answer lost', 'late', 'repeated', 'refused'] as const;
type Fate = (typeof FATES)[number];

let stack: FaultStack;
/** Stands between the database and the functions. */
let network: Server;
let fate: () => Fate = () => 'passed';
const seen: Partial<Record<Fate, number>> = {};
/** Requests on their way, late ones included. */
const underWay = new Set<Promise<unknown>>();
const random = new SeededRandom(9);
const pick = (n: number) => Math.floor(random.uniform() * n);

beforeAll(async () => {
  stack = await startFaultStack({ functionInstances: { 'forecast-worker': 2 } });
  await prepareSmallWork(stack, SYMBOLS);
  await watchQueue(stack.sql);
  network = createServer((incoming, outgoing) => {
    const what = fate();
    seen[what] = (seen[what] ?? 0) + 1;
    const carried = carry(incoming, what)
      .then(
        (status) => (status === null ? outgoing.destroy() : outgoing.writeHead(status).end('{}')),
        () => outgoing.destroy(),
      )
      .finally(() => underWay.delete(carried));
    underWay.add(carried);
  });
  await new Promise<void>((resolve) => network.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(network.address() as AddressInfo).port}`;
  await stack.sql`select vault.update_secret(s.id, ${url}) from vault.secrets s where s.name = 'project_url'`;
});
afterAll(async () => {
  await stack.stop();
  network.closeAllConnections();
  network.close();
});

/** The status of the answer that is passed on; null when there is none. */
async function carry(incoming: IncomingMessage, what: Fate): Promise<number | null> {
  const body = await text(incoming);
  const forward = () => send(incoming, body);
  switch (what) {
    case 'lost':
      return null;
    case 'refused':
      return 502;
    case 'answer lost':
      await forward();
      return null;
    case 'late':
      await sleep(pick(3_000));
      return forward();
    case 'repeated':
      return Math.max(...(await Promise.all([1, 2, 3].map(() => forward()))));
    default:
      return forward();
  }
}

function send(incoming: IncomingMessage, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const { apikey } = incoming.headers;
    const request = httpRequest(
      `${stack.url}${incoming.url}`,
      { method: incoming.method, headers: { apikey, 'content-type': 'application/json' } },
      (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode ?? 0));
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

const set = (name: string, value: number) =>
  stack.sql`select public.change_setting(${name}, ${stack.sql.json(value)})`;

async function everything() {
  return {
    results: await resultBits(stack.sql),
    writes: await writes(stack.sql),
    work: await workBits(stack.sql),
  };
}

describe('requests of the database that are lost, late, repeated or refused on their way', () => {
  it('lose and double no work: the same rows with the same bits', async () => {
    await set('max_workers', 3);
    await doAllWork(stack, SYMBOLS);
    const undisturbed = await everything();

    await clearResults(stack.sql, BARS);
    await set('lease_seconds', 5);
    // One after the other: a relay that arrives does much, so that few are asked for.
    let turn = 0;
    fate = () => FATES[turn++ % FATES.length];
    await doAllWork(stack, SYMBOLS);
    expect(await everything()).toEqual(undisturbed);
    for (const each of FATES) expect([each, seen[each] ?? 0]).toEqual([each, expect.toSatisfy((n) => n > 0)]);
  });

  it('wait for the next tick when none arrives at all, and go on with it', async () => {
    fate = () => 'lost';
    // A late one of the test before would do work now.
    await Promise.all(underWay);
    await clearResults(stack.sql, BARS);
    const gone = seen.lost ?? 0;
    await expect(doAllWork(stack, SYMBOLS, undefined, 5_000)).rejects.toThrow('jobs are open');
    expect(seen.lost ?? 0).toBeGreaterThan(gone);
    const [{ claimed }] = await stack.sql`select count(*)::integer as claimed from faults.claims`;
    expect(claimed).toBe(0);

    fate = () => 'passed';
    await stack.sql`update public.jobs set run_after = now()`;
    await doAllWork(stack, SYMBOLS);
    const unfinished = await stack.sql`select id from public.runs where status <> 'succeeded'`;
    expect(unfinished).toHaveLength(0);
  });
});
