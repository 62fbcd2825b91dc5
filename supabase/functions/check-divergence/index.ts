// POST: claims one divergence check and opens or resolves alerts. Called by the database; the secret key named cron only.
import { checkNextDivergence } from '../../../src/shared/jobs/check-divergence.ts';
import { divergenceReader } from '../../../src/shared/store/divergence-reader.ts';
import { SupabaseJobQueue } from '../../../src/shared/store/supabase-job-queue.ts';
import { CRON_KEY } from '../_shared/cron-key.ts';
import { log } from '../_shared/log.ts';
import { type Context, serveFunction } from '../_shared/serve-function.ts';

export default serveFunction({
  name: 'check-divergence',
  auth: CRON_KEY,
  methods: { POST: check },
});

async function check(_request: Request, { store, workerRequest }: Context): Promise<Response> {
  const outcome = await checkNextDivergence(
    new SupabaseJobQueue(store, workerRequest),
    divergenceReader(store),
  );
  if (outcome.outcome !== 'idle') log('check', { ...outcome });
  return Response.json(outcome);
}
