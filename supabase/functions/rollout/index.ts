// POST with an empty body: claims one evaluation of the running rollout, answers 202, then judges and stores. POST {action, ...}: a verb of ROLLOUT_VERBS.
// GET: status. Secret keys; an evaluation of the queue for the one named cron only.
import { parseJson } from '../../../src/shared/contracts/parse.ts';
import { rolloutRequestSchema } from '../../../src/shared/contracts/rollout-request.ts';
import { actOnRollout } from '../../../src/shared/jobs/act-on-rollout.ts';
import { evaluateClaimed } from '../../../src/shared/jobs/evaluate-rollout.ts';
import { RolloutStore } from '../../../src/shared/store/rollout-store.ts';
import { SupabaseJobQueue } from '../../../src/shared/store/supabase-job-queue.ts';
import { requireCronKey } from '../_shared/cron-key.ts';
import { accepted, idle } from '../_shared/job-answers.ts';
import { log } from '../_shared/log.ts';
import { readBody } from '../_shared/read-body.ts';
import { type Context, serveFunction } from '../_shared/serve-function.ts';

export default serveFunction({
  name: 'rollout',
  auth: ['secret:*'],
  methods: { POST: decide, GET: status },
});

async function decide(request: Request, { store, keyName, goOn, workerRequest }: Context): Promise<Response> {
  const body = await readBody(request);
  const rollouts = new RolloutStore(store);
  // As workers are asked: by the relay, which waits, or by hand.
  if (/^\s*(\{\s*\})?\s*$/.test(body)) {
    requireCronKey(keyName);
    const queue = new SupabaseJobQueue(store, workerRequest);
    const job = await queue.claim(['evaluate_rollout']);
    if (job === null) return idle();
    const done = evaluateClaimed(job, queue, rollouts).then((outcome) => {
      log('evaluate', { ...outcome });
      return outcome;
    });
    return workerRequest === null ? accepted(job, done, goOn) : Response.json(await done);
  }
  return Response.json(
    await actOnRollout(rollouts, parseJson(rolloutRequestSchema, body, 'The request body')),
  );
}

async function status(_request: Request, { store }: Context): Promise<Response> {
  return Response.json(await new RolloutStore(store).act({ action: 'status' }));
}
