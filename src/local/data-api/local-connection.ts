import { PostgresConnection } from '@supabase/lite/postgres';
import { statusOfSqlstate } from './sqlstate-status.ts';

/** An error of Postgres as the driver reports it. */
interface DatabaseError {
  readonly code: string;
  readonly message: string;
  readonly detail?: string | null;
  readonly hint?: string | null;
}

/** Left to `@supabase/lite`, which answers these as PostgREST does: it knows the role, or rewrites the message. */
const LEFT_AS_THEY_ARE = new Set(['42501', '42703', '42883', 'PGRST']);

/** What lite reads of a view's definition when it looks for relationships. */
const FIRST_SOURCE = /\bfrom\s+[\w$".]+/i;

/** How long a statement of a role without a setting of its own may take: hosted's setting for role authenticator. */
const STATEMENT_TIMEOUT = 8_000;

/** Connections of a pool, and so requests that are answered at a time. */
const POOL_SIZE = 10;

type Database = PostgresConnection['kysely'];
type Context = NonNullable<Parameters<PostgresConnection['withContext']>[0]>;
type Settings = readonly (readonly [name: string, value: string])[];

/** Of a function call, as lite hands it on. */
interface Call {
  readonly method: string;
  readonly path: string;
  readonly requestHeaders?: Readonly<Record<string, string>>;
}

/**
 * `@supabase/lite`'s connection to Postgres, with what it would do wrong on a database that has privileges:
 * - its first request runs GRANT ALL on every table, undoing each REVOKE: here it grants nothing;
 * - numbers of type numeric come back as text: here as numbers, as PostgREST writes them;
 * - timestamps come back as Postgres writes them: here in ISO 8601, as in PostgREST's JSON;
 * - an object or array given to an rpc as jsonb is encoded twice and arrives as a string: here once;
 * - most database errors become a bare 500: here they get PostgREST's status and body;
 * - each request looks through every view's definition for types that only SQLite lacks, once a column, which took as long as all else that
 *   it does: here definitions keep the name of their first source alone;
 * - what `alter role ... set` says of the caller's role is not looked at: here it holds in the request's transaction, as with PostgREST;
 * - what a transaction is told of its request goes there and back eleven times: here twice at most.
 */
export class LocalConnection extends PostgresConnection {
  /** What was found last, with its views' definitions shortened. */
  #shortened: Awaited<ReturnType<PostgresConnection['introspect']>> | null = null;
  /** By role: name and value of each. */
  #roleSettings: ReadonlyMap<string, Settings> = new Map();
  readonly #onDatabaseError: (error: unknown) => void;

  /**
   * @param name what the database calls its connections
   * @param onDatabaseError told every error of the database's
   */
  constructor(url: string, name: string, onDatabaseError: (error: unknown) => void) {
    super({
      url,
      postgresOptions: {
        max: POOL_SIZE,
        onnotice: () => {},
        connection: { application_name: name, statement_timeout: STATEMENT_TIMEOUT },
        types: {
          numeric: { to: 1700, from: [1700], serialize: String, parse: Number },
          timestamptz: { to: 1184, from: [1184], serialize: String, parse: isoInstant },
          json: { to: 114, from: [114], serialize: encodeJson, parse: JSON.parse },
          jsonb: { to: 3802, from: [3802], serialize: encodeJson, parse: JSON.parse },
        },
      },
    });
    this.#onDatabaseError = onDatabaseError;
    // Private in its declarations, called through `this`. "true" means that requests change to their role.
    Object.defineProperties(this, {
      ensureRlsContext: { value: async () => true },
      applyJwtSessionContext: {
        value: (database: Database, context: Context) => set(database, this.#settingsOf(context)),
      },
      applyRpcRequestGucs: { value: (database: Database, call: Call) => set(database, settingsOfCall(call)) },
    });
  }

  override async introspect(options?: Parameters<PostgresConnection['introspect']>[0]) {
    const found = await super.introspect(options);
    if (found !== this.#shortened) {
      for (const view of found.views) view.sql = FIRST_SOURCE.exec(view.sql)?.[0] ?? '';
      this.#shortened = found;
    }
    return found;
  }

  /** Reads what `alter role ... set` says: PostgREST does so when it starts, and when it is told `reload config`. */
  async readRoleSettings(): Promise<void> {
    const rows = await this.driver<{ role: string; settings: string[] }[]>`
      select rolname as role, rolconfig as settings from pg_roles
      where rolname in ('anon', 'authenticated', 'service_role') and rolconfig is not null`;
    this.#roleSettings = new Map(
      rows.map(({ role, settings }) => [
        role,
        settings.map((setting) => {
          const [name] = setting.split('=', 1) as [string];
          return [name, setting.slice(name.length + 1)] as const;
        }),
      ]),
    );
  }

  /** What a transaction is told of who asks; the role comes first, so that all else is set by it. */
  #settingsOf(context: Context): Settings {
    const {
      role = 'anon',
      uid,
      jwt,
    } = (context.auth ?? {}) as {
      role?: string;
      uid?: string;
      jwt?: object;
    };
    return [
      ['role', role],
      ['request.jwt.claim.sub', uid ?? ''],
      ['request.jwt.claim.role', role],
      ['request.jwt.claims', JSON.stringify(jwt ?? { role })],
      ...(this.#roleSettings.get(role) ?? []),
    ];
  }

  override normalizeDbError(error: unknown): unknown {
    this.#onDatabaseError(error);
    if (!isDatabaseError(error) || LEFT_AS_THEY_ARE.has(error.code)) return error;
    // PostgREST's own convention for an error that carries its whole response, which lite follows.
    return {
      code: 'PGRST',
      message: JSON.stringify({
        code: error.code,
        message: error.message,
        details: error.detail ?? null,
        hint: error.hint ?? null,
      }),
      detail: JSON.stringify({
        status: statusOfSqlstate(error.code, error.message),
        headers: {},
        // As PostgREST does: what a function raises becomes the reason phrase, whatever stands in it.
        ...(error.code.startsWith('PT') && { status_text: bytesOf(error.message) }),
      }),
    };
  }
}

/** What a function may ask of its request, and where it may say how the answer is to be. */
function settingsOfCall({ method, path, requestHeaders = {} }: Call): Settings {
  return [
    ['response.status', ''],
    ['response.headers', ''],
    ['request.method', method],
    ['request.path', path],
    ['request.headers', JSON.stringify(requestHeaders)],
  ];
}

/** For the rest of the transaction. */
async function set(database: Database, settings: Settings): Promise<void> {
  await database
    .selectNoFrom(({ fn, val }) =>
      settings.map(([name, value]) => fn('set_config', [val(name), val(value), val(true)]).as(name)),
    )
    .execute();
}

/** A text's bytes in UTF-8, one character each, as a header takes them. */
function bytesOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** `2026-01-02 03:04:05.6+00` as `2026-01-02T03:04:05.6+00:00`. */
function isoInstant(text: string): string {
  return text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00');
}

/**
 * Lite has already encoded every value but strings, and does not say which is which: text that is JSON is sent as it is. So the
 * string "1" arrives as the number 1, which no caller here sends.
 */
function encodeJson(value: unknown): string {
  if (typeof value === 'string' && isJson(value)) return value;
  return JSON.stringify(value);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Whether an error came from the database, so that its whole content reaches the client. */
export function isDatabaseError(error: unknown): error is DatabaseError {
  const { code, message } = (error ?? {}) as Partial<DatabaseError>;
  return (
    typeof code === 'string' &&
    (code === 'PGRST' || /^[0-9A-Z]{5}$/.test(code)) &&
    typeof message === 'string'
  );
}
