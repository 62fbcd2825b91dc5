import { App } from '@supabase/lite';
import type { Sql } from 'postgres';
import type { Claims, SessionTokens } from '../auth/session-tokens.ts';
import type { ProjectConfig } from '../config.ts';
import { equalInConstantTime } from '../equal-in-constant-time.ts';
import { publicJwks, type StackKeys } from '../keys.ts';
import { withCapturedConsole } from './captured-console.ts';
import { LocalConnection } from './local-connection.ts';
import { Turns } from './turns.ts';

process.env.LITE_TELEMETRY = '0';

/** `/rest/v1` and `/auth/v1`. */
export interface DataApi {
  fetch(request: Request): Promise<Response>;
  /** @param patience seconds that requests under way get; default 2 */
  close(patience?: number): Promise<void>;
}

export interface DataApiOptions {
  /** Role postgres: the owner, who may become every API role. */
  readonly databaseUrl: string;
  /** Listens for changed definitions. */
  readonly sql: Sql;
  readonly keys: StackKeys;
  readonly tokens: SessionTokens;
  readonly config: ProjectConfig;
  /** Told every error of the database's that is answered. */
  readonly onDatabaseError: (error: unknown) => void;
  readonly log: (line: string) => void;
}

/** Where the Auth server answers with a session. */
const SESSION_PATHS = new Set(['/auth/v1/token', '/auth/v1/signup', '/auth/v1/verify']);
const JWKS_PATH = '/auth/v1/.well-known/jwks.json';

/** Of one user, that are answered at a time. */
const REQUESTS_OF_A_USER = 4;

/** `@supabase/lite` on connections of its own. */
interface Pool {
  readonly app: App;
  readonly connection: LocalConnection;
}

/**
 * The Data API and Auth of `@supabase/lite` in this process. Open it after the migrations; definitions that change later are
 * noticed by `notify pgrst`, which the database sends after every DDL statement, as hosted's does.
 *
 * Who comes with a secret key, as the functions do, has connections of their own: users who take all of theirs hold up no worker. Of one
 * user a few requests are answered at a time, so that many of theirs do not hold up other users.
 */
export async function openDataApi(options: DataApiOptions): Promise<DataApi> {
  const { keys, tokens, log } = options;
  const resolveKey = apiKeyResolver(keys);
  // One after the other: the first one makes what Auth needs.
  const ofUsers = await openPool('data-api', options, resolveKey);
  const ofSecretKeys = await openPool('data-api-secret', options, resolveKey);
  const pools = [ofUsers, ofSecretKeys];
  const turns = new Turns(REQUESTS_OF_A_USER);
  const listening = await options.sql.listen('pgrst', (what) => {
    for (const { connection } of pools) {
      if (what !== 'reload config') connection.clearSchemaCache();
      if (what !== 'reload schema') {
        connection.readRoleSettings().catch((error: Error) => log(`data api: ${error.message}`));
      }
    }
  });

  return {
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname === JWKS_PATH) return Response.json(publicJwks(keys));
      const isSecret = (await resolveKey(request.headers.get('apikey') ?? ''))?.type === 'secret';
      const { app } = isSecret && pathname.startsWith('/rest/') ? ofSecretKeys : ofUsers;
      const answer = (inside: Request) =>
        withCapturedConsole(
          (line) => log(`data api: ${line}`),
          () => app.fetch(inside, { peerAddress: null }),
        );
      const user = isSecret ? undefined : userOf(request, tokens);
      const inside = withInternalToken(request, tokens);
      const response = await (user === undefined
        ? answer(inside)
        : turns.take(user, () =>
            // Who went away while waiting asks for nothing any more.
            request.signal.aborted ? Promise.resolve(new Response(null, { status: 499 })) : answer(inside),
          ));
      return SESSION_PATHS.has(pathname) ? withPublicToken(response, tokens) : response;
    },
    async close(patience = 2) {
      await listening.unlisten().catch(() => {});
      await Promise.all(pools.map(({ connection }) => connection.driver.end({ timeout: patience })));
    },
  };
}

async function openPool(
  name: string,
  { databaseUrl, keys, config, onDatabaseError }: DataApiOptions,
  resolver: ReturnType<typeof apiKeyResolver>,
): Promise<Pool> {
  const connection = new LocalConnection(databaseUrl, name, onDatabaseError);
  const app = new App({
    connection,
    api: { enabled: true, schemas: config.api.schemas, max_rows: config.api.max_rows },
    auth: {
      enabled: true,
      site_url: config.auth.site_url,
      jwt_secret: keys.internalJwtSecret,
      jwt_expiry: config.auth.jwt_expiry,
      // A hosted project invites its users; here there is no mail server that could.
      enable_signup: true,
      minimum_password_length: config.auth.minimum_password_length,
      email: { enable_signup: true, enable_confirmations: false },
    },
    storage: { enabled: false },
    studio: { enabled: false },
    options: { server: { admin: false, disableStudio: true, apiKeys: { resolver } } },
  });
  await app.init();
  await connection.introspect({ useCache: false });
  await connection.readRoleSettings();
  return { app, connection };
}

/** Every named secret key stands for service_role, as on hosted projects. */
function apiKeyResolver(keys: StackKeys) {
  return async (key: string) => {
    if (equalInConstantTime(key, keys.publishableKey)) {
      return { type: 'publishable' as const, claims: { role: 'anon' } };
    }
    if (Object.values(keys.secretKeys).some((secret) => equalInConstantTime(key, secret))) {
      return { type: 'secret' as const, claims: { role: 'service_role' } };
    }
    return null;
  };
}

/** The id of the user whose token a request carries. */
function userOf(request: Request, tokens: SessionTokens): string | undefined {
  const token = bearerToken(request);
  const claims = token === undefined ? null : tokens.verify(token, Date.now() / 1000);
  return claims === null ? undefined : String(claims.sub);
}

function bearerToken(request: Request): string | undefined {
  return /^Bearer\s+(\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
}

function withInternalToken(request: Request, tokens: SessionTokens): Request {
  const token = bearerToken(request);
  const internal = token === undefined ? null : tokens.toInternal(token);
  if (internal !== null) request.headers.set('authorization', `Bearer ${internal}`);
  return request;
}

async function withPublicToken(response: Response, tokens: SessionTokens): Promise<Response> {
  if (!response.ok || !response.headers.get('content-type')?.includes('json')) return response;
  const body = (await response.json()) as { access_token?: unknown; user?: Claims };
  if (typeof body.access_token === 'string') {
    const { app_metadata, user_metadata } = body.user ?? {};
    body.access_token =
      tokens.toPublic(body.access_token, { app_metadata, user_metadata }) ?? body.access_token;
  }
  const headers = new Headers(response.headers);
  headers.delete('content-length');
  return new Response(JSON.stringify(body), { status: response.status, headers });
}
