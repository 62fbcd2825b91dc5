import type { ClaimedJob } from '../../../src/shared/contracts/job.ts';
import type { StepOutcome } from '../../../src/shared/jobs/job-outcome.ts';

/** The answer where the queue has no job. */
export function idle(): Response {
  return Response.json({ outcome: 'idle' });
}

/** The answer while a job goes on in the background: what becomes of it is in its row of `jobs`, and in its run. */
export function accepted(
  job: ClaimedJob,
  work: Promise<StepOutcome>,
  goOn: (work: Promise<void>) => void,
): Response {
  goOn(work.then(() => {}));
  return Response.json({ outcome: 'accepted', job: job.id, run: job.run_id }, { status: 202 });
}
