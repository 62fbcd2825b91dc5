import { App } from '@supabase/lite';
import type { Sql } from 'postgres';
import type { SessionTokens } from '../auth/session-tokens.ts';
import type { ProjectConfig } from '../config.ts';
import { equalInConstantTime } from '../equal-in-constant-time.ts';
import { publicJwks, type StackKeys } from '../keys.ts';
import { withCapturedConsole } from './captured-console.ts';
import { LocalConnection } from './local-connection.ts';

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

/**
 * The Data API and Auth of `@supabase/lite` in this process. Open it after the migrations; definitions that change later are
 * noticed by `notify pgrst`, which the database sends after every DDL statement, as hosted's does.
 */
export async function openDataApi(options: DataApiOptions): Promise<DataApi> {
  const { keys, config, tokens, log } = options;
  const connection = new LocalConnection(options.databaseUrl, options.onDatabaseError);
  const app = new App({
    connection,
    api: { enabled: true, schemas: config.api.schemas, max_rows: config.api.max_rows },
    auth: {
      enabled: true,
      site_url: config.auth.site_url,
      jwt_secret: keys.internalJwtSecret,
      jwt_expiry: config.auth.jwt_expiry,
      enable_signup: config.auth.enable_signup,
      minimum_password_length: config.auth.minimum_password_length,
      // There is no mail server here.
      email: { enable_signup: true, enable_confirmations: false },
    },
    storage: { enabled: false },
    studio: { enabled: false },
    options: { server: { admin: false, disableStudio: true, apiKeys: { resolver: apiKeyResolver(keys) } } },
  });
  await app.init();
  await connection.introspect({ useCache: false });
  const listening = await options.sql.listen('pgrst', () => connection.clearSchemaCache());

  return {
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname === JWKS_PATH) return Response.json(publicJwks(keys));
      const inside = withInternalToken(request, tokens);
      const response = await withCapturedConsole(
        (line) => log(`data api: ${line}`),
        () => app.fetch(inside, { peerAddress: null }),
      );
      return SESSION_PATHS.has(pathname) ? withPublicToken(response, tokens) : response;
    },
    async close(patience = 2) {
      await listening.unlisten().catch(() => {});
      await connection.driver.end({ timeout: patience });
    },
  };
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

function withInternalToken(request: Request, tokens: SessionTokens): Request {
  const token = /^Bearer\s+(\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
  const internal = token === undefined ? null : tokens.toInternal(token);
  if (internal !== null) request.headers.set('authorization', `Bearer ${internal}`);
  return request;
}

async function withPublicToken(response: Response, tokens: SessionTokens): Promise<Response> {
  if (!response.ok || !response.headers.get('content-type')?.includes('json')) return response;
  const body = (await response.json()) as { access_token?: unknown };
  if (typeof body.access_token === 'string') {
    body.access_token = tokens.toPublic(body.access_token) ?? body.access_token;
  }
  const headers = new Headers(response.headers);
  headers.delete('content-length');
  return new Response(JSON.stringify(body), { status: response.status, headers });
}
