import { AuthError, type AuthModeWithKey, type JWTClaims } from '@supabase/server';
import { createAdminClient, verifyAuth } from '@supabase/server/core';
import { errorAnswer } from '../../../src/shared/contracts/error-answer.ts';
import { workerRequestOf } from '../../../src/shared/contracts/relay-request.ts';
import { InvalidInputError } from '../../../src/shared/errors/invalid-input-error.ts';
import { StoreError } from '../../../src/shared/errors/store-error.ts';
import type { ComputeMeter } from '../../../src/shared/jobs/compute-meter.ts';
import type { PlumblineClient } from '../../../src/shared/store/client.ts';
import type { Database } from '../../../src/shared/store/database.types.ts';
import { CRON_KEY_IS_NEEDED } from './cron-key.ts';
import { currentIsolate, type Isolate } from './isolate.ts';
import { hasLegacyToken, LEGACY_TOKEN } from './legacy-token.ts';
import { logError } from './log.ts';
import { recordError } from './record-error.ts';

/** Who is calling, and the database. */
export interface Context {
  /** The signed-in user; null when a secret key was used. */
  readonly userId: string | null;
  /** The name of the secret key that was used; null for a user. */
  readonly keyName: string | null;
  /** Bypasses row-level security: hand nothing to it that was not checked. */
  readonly store: PlumblineClient;
  /** Counts what the isolate computes. */
  readonly meter: ComputeMeter;
  /** Goes on with it after the answer; an error is reported as one of the request is. */
  goOn(work: Promise<void>): void;
  /** The row of `worker_requests` that a worker answers; null when it was called by hand. */
  readonly workerRequest: number | null;
}

interface FunctionOptions {
  /** The function's name, for the log. */
  readonly name: string;
  /** Who may call; tried in this order. A secret key comes first: supabase-js repeats it as a bearer token, which is no JWT. */
  readonly auth: readonly AuthModeWithKey[];
  readonly methods: Readonly<Record<string, (request: Request, context: Context) => Promise<Response>>>;
}

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': 'authorization, apikey, content-type, x-client-info',
  'access-control-allow-methods': 'GET, POST, OPTIONS',
  'access-control-expose-headers': 'retry-after',
};

/**
 * An Edge Function: authenticates, hands the request to its method, and turns every error into `{code, message, details?}` with
 * the right status. One of our own (500 and above) is logged and recorded in the table `errors`, but for a database that was busy: there
 * the job is tried again.
 */
export function serveFunction(options: FunctionOptions): { fetch(request: Request): Promise<Response> } {
  return {
    async fetch(request) {
      if (request.method === 'OPTIONS') return new Response(null, { status: 204, headers: CORS });
      const isolate = currentIsolate();
      isolate.meter.beginRequest();
      try {
        const response = await answer(request, options, isolate);
        for (const [name, value] of Object.entries(CORS)) response.headers.set(name, value);
        return response;
      } catch (error) {
        const { status, body, retryAfter } =
          error instanceof AuthError ? authAnswer(error, request, options.auth) : errorAnswer(error);
        if (status >= 500) await report(options.name, request.method, error);
        const headers = { ...CORS, ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }) };
        return Response.json(body, { status, headers });
      }
    },
  };
}

async function report(name: string, method: string, error: unknown): Promise<void> {
  logError(`${name} failed`, error);
  if (error instanceof StoreError && error.isBusy) return;
  await recordError(name, method, error);
}

async function answer(request: Request, options: FunctionOptions, isolate: Isolate): Promise<Response> {
  const { data: auth, error } = await verifyAuth(request, { auth: [...options.auth] });
  if (error !== null) throw error;
  if (auth.authMode === 'user') requireUserToken(auth.jwtClaims);

  const handle = Object.hasOwn(options.methods, request.method) ? options.methods[request.method] : undefined;
  if (handle === undefined) {
    throw new InvalidInputError(
      'method_not_allowed',
      `${request.method} is not offered; use ${Object.keys(options.methods).join(' or ')}`,
    );
  }
  const countedFetch: typeof fetch = (input, init) => {
    isolate.meter.countCall();
    return fetch(input, init);
  };
  const store = createAdminClient<Database>({
    supabaseOptions: { global: { fetch: countedFetch } },
  }) as PlumblineClient;
  return handle(request, {
    userId: auth.userClaims?.id ?? null,
    keyName: auth.keyName ?? null,
    store,
    meter: isolate.meter,
    goOn: (work) =>
      isolate.waitUntil(work.catch((error: unknown) => report(options.name, request.method, error))),
    workerRequest: workerRequestOf(request.headers),
  });
}

/**
 * `verifyAuth` has checked the signature and what times are there. A project may sign other tokens than its users' with the same key:
 * only one of a signed-in user, for this project's API, that ends some day, is taken.
 *
 * @throws AuthError
 */
function requireUserToken(claims: JWTClaims | null): void {
  const { aud, role, exp } = claims ?? {};
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  if (audiences.includes('authenticated') && role === 'authenticated' && typeof exp === 'number') return;
  throw new AuthError("The token is not a signed-in user's");
}

function authAnswer(
  error: AuthError,
  request: Request,
  auth: readonly AuthModeWithKey[],
): ReturnType<typeof errorAnswer> {
  if (error.status === 401) {
    if (hasLegacyToken(request.headers)) return { status: 401, body: LEGACY_TOKEN };
    return { status: 401, body: { code: 'unauthorized', message: whatIsNeeded(error, auth) } };
  }
  return { status: 500, body: { code: 'internal_error', message: 'An error on our side; the log has it' } };
}

function whatIsNeeded(error: AuthError, auth: readonly AuthModeWithKey[]): string {
  if (error.message === CRON_KEY_IS_NEEDED || auth.includes('secret:cron')) return CRON_KEY_IS_NEEDED;
  return auth.includes('user') ? "a user's token or a secret key is needed" : 'a secret key is needed';
}
