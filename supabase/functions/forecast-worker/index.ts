// POST: claims one job, computes for one step, stores a checkpoint or the result. Called by the database; secret key only.
import { runNextJob } from '../../../src/shared/jobs/run-next-job.ts';
import { storeJobHost } from '../../../src/shared/store/store-job-host.ts';
import { log } from '../_shared/log.ts';
import { seedEnsemble } from '../_shared/seed-ensemble.ts';
import { type Context, serveFunction } from '../_shared/serve-function.ts';

/**
 * Milliseconds of computing in one request. The platform allows 2 s of CPU; reading, parsing and storing take part of them, and a
 * unit of work may run over.
 */
const STEP_BUDGET = 700;

export default serveFunction({
  name: 'forecast-worker',
  auth: ['secret:*'],
  methods: { POST: work },
});

async function work(_request: Request, { store }: Context): Promise<Response> {
  const began = performance.now();
  await seedEnsemble(store);
  const outcome = await runNextJob({
    ...storeJobHost(store),
    now: () => new Date().toISOString(),
    monotonicClock: () => performance.now(),
    stepBudget: STEP_BUDGET,
  });
  if (outcome.outcome !== 'idle')
    log('step', { ...outcome, milliseconds: Math.round(performance.now() - began) });
  return Response.json(outcome);
}
