import { WORKER_REQUEST_HEADER, workerAnswerSchema } from '../../../src/shared/contracts/relay-request.ts';
import type { WorkerAnswer } from '../../../src/shared/jobs/relay-work.ts';

/** Milliseconds that a worker may take to answer: more than a lease. */
const PATIENCE = 70_000;

/**
 * Calls an Edge Function of this project as the database would.
 *
 * @param name the function's
 * @param requestId the row of `worker_requests`
 * @param apiKey a secret key
 */
export async function callWorker(name: string, requestId: number, apiKey: string): Promise<WorkerAnswer> {
  try {
    const response = await fetch(`${Deno.env.get('SUPABASE_URL')}/functions/v1/${name}`, {
      method: 'POST',
      headers: {
        apikey: apiKey,
        'content-type': 'application/json',
        [WORKER_REQUEST_HEADER]: String(requestId),
      },
      body: '{}',
      signal: AbortSignal.timeout(PATIENCE),
    });
    const body = workerAnswerSchema.safeParse(await response.json().catch(() => null));
    const { outcome, code } = body.success ? body.data : {};
    const reason = response.ok ? undefined : `${name} answered ${[response.status, code].join(' ').trim()}`;
    return { status: response.status, outcome, reason };
  } catch (error) {
    return { status: null, reason: `${name} did not answer: ${(error as Error).message}` };
  }
}
