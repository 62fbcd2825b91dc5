import { z } from 'zod';

/** Names the row of `worker_requests` that a worker answers. */
export const WORKER_REQUEST_HEADER = 'x-worker-request';

const requestId = z.int().positive();

/** Body of `POST /functions/v1/relay`, as the database sends it. */
export const relayRequestSchema = z.strictObject({
  /** The Edge Function that works. */
  function: z.string().regex(/^[a-z][a-z0-9-]*$/),
  /** The row of `worker_requests`. */
  request: requestId,
});

/** What {@link WORKER_REQUEST_HEADER} of a request says; null without it, or where it says nothing of use: called by hand. */
export function workerRequestOf(headers: Headers): number | null {
  const parsed = requestId.safeParse(Number(headers.get(WORKER_REQUEST_HEADER) ?? Number.NaN));
  return parsed.success ? parsed.data : null;
}

/** What is of interest in a worker's answer; unknown answers have no outcome. */
export const workerAnswerSchema = z.object({
  outcome: z.string().optional(),
  code: z.string().optional(),
  message: z.string().optional(),
});
