import type { ErrorDetails } from '../shared/errors/plumbline-error.ts';
import { StoreError } from '../shared/errors/store-error.ts';

/** A stack that runs, and the key to it. */
export interface StackAccess {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly secretKeys: { readonly default: string };
}

/**
 * Calls an Edge Function with a secret key and gives back its JSON.
 *
 * @param init `apiKey` is the secret key; default: the stack's `default`
 * @param path of the function with its query, such as `forecast?run=ID`
 * @throws StoreError with the function's own code, message and status; `stack_unreachable`, `malformed_answer`
 */
export async function callFunction(
  stack: StackAccess,
  path: string,
  init: { method: string; body?: string; contentType?: string; apiKey?: string },
): Promise<{ readonly status: number; readonly body: unknown }> {
  const response = await fetch(`${stack.url}/functions/v1/${path}`, {
    method: init.method,
    body: init.body,
    headers: {
      apikey: init.apiKey ?? stack.secretKeys.default,
      'content-type': init.contentType ?? 'application/json',
    },
  }).catch((error: Error & { cause?: Error }) => {
    const reason = error.cause?.message || error.message;
    throw new StoreError('stack_unreachable', `${stack.url} does not answer: ${reason}`, 0);
  });
  const text = await response.text();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new StoreError(
      'malformed_answer',
      `${path} answered ${response.status} without JSON`,
      response.status,
    );
  }
  if (response.ok) return { status: response.status, body };
  const { code, message, details } = body as { code?: string; message?: string; details?: ErrorDetails };
  throw new StoreError(
    code ?? 'function_failed',
    message ?? text.slice(0, 200),
    response.status,
    null,
    details,
  );
}
