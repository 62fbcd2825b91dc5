// POST: claims one job, computes for one step, stores a checkpoint or the result. Called by the database; the secret key named cron only.
import { runNextJob } from '../../../src/shared/jobs/run-next-job.ts';
import { storeJobHost } from '../../../src/shared/store/store-job-host.ts';
import { CRON_KEY } from '../_shared/cron-key.ts';
import { log } from '../_shared/log.ts';
import { seedEnsembles } from '../_shared/seed-ensembles.ts';
import { type Context, serveFunction } from '../_shared/serve-function.ts';

export default serveFunction({
  name: 'forecast-worker',
  auth: CRON_KEY,
  methods: { POST: work },
});

async function work(_request: Request, { store, meter, workerRequest }: Context): Promise<Response> {
  const began = performance.now();
  await seedEnsembles(store);
  const outcome = await runNextJob({
    ...storeJobHost(store, workerRequest),
    now: () => new Date().toISOString(),
    meter,
  });
  if (outcome.outcome !== 'idle') {
    const milliseconds = Math.round(performance.now() - began);
    log('step', { ...outcome, milliseconds, computed: Math.round(meter.spent) });
  }
  // Another isolate is to be asked.
  return Response.json(outcome, { status: outcome.outcome === 'spent' ? 503 : 200 });
}
