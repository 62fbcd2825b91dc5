// POST {function, request}: answers at once, then has that function work as long as jobs wait for it. Called by the
// database; the secret key named cron only.
// A function of its own, so that no worker's isolate is shared with what watches over it.
import { parseJson } from '../../../src/shared/contracts/parse.ts';
import { relayRequestSchema } from '../../../src/shared/contracts/relay-request.ts';
import { relayWork } from '../../../src/shared/jobs/relay-work.ts';
import { unwrap } from '../../../src/shared/store/unwrap.ts';
import { callWorker } from '../_shared/call-worker.ts';
import { CRON_KEY } from '../_shared/cron-key.ts';
import { log, logError } from '../_shared/log.ts';
import { readBody } from '../_shared/read-body.ts';
import { type Context, serveFunction } from '../_shared/serve-function.ts';

let ending = false;
// The platform says so before it ends an isolate: its wall clock runs out.
addEventListener('beforeunload', () => {
  ending = true;
});

export default serveFunction({
  name: 'relay',
  auth: CRON_KEY,
  methods: { POST: relay },
});

async function relay(request: Request, { store, goOn }: Context): Promise<Response> {
  const wanted = parseJson(relayRequestSchema, await readBody(request), 'The request body');
  const apiKey = request.headers.get('apikey') ?? '';
  const work = relayWork({
    call: () => callWorker(wanted.function, wanted.request, apiKey),
    async end(reason) {
      unwrap(await store.rpc('end_worker', { p_request: wanted.request, p_reason: reason ?? undefined }));
      if (reason !== null) log('worker ended', { ...wanted, reason });
    },
    monotonicClock: () => performance.now(),
    isEnding: () => ending,
  });
  // What cannot be said now, the database finds out when the lease ends.
  goOn(work.then(() => {}).catch((error: unknown) => logError('relay failed', error)));
  return Response.json(wanted, { status: 202 });
}
