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

/** How long a statement may take for anyone who comes through the API: hosted's setting for role authenticator. */
const STATEMENT_TIMEOUT = 8_000;

/**
 * `@supabase/lite`'s connection to Postgres, with what it would do wrong on a database that has privileges:
 * - its first request runs GRANT ALL on every table, undoing each REVOKE: here it grants nothing;
 * - numbers of type numeric come back as text: here as numbers, as PostgREST writes them;
 * - timestamps come back as Postgres writes them: here in ISO 8601, as in PostgREST's JSON;
 * - an object or array given to an rpc as jsonb is encoded twice and arrives as a string: here once;
 * - most database errors become a bare 500: here they get PostgREST's status and body;
 * - each request looks through every view's definition for types that only SQLite lacks, once a column, which took as long as all else that
 *   it does: here definitions keep the name of their first source alone.
 */
export class LocalConnection extends PostgresConnection {
  /** What was found last, with its views' definitions shortened. */
  #shortened: Awaited<ReturnType<PostgresConnection['introspect']>> | null = null;
  readonly #onDatabaseError: (error: unknown) => void;

  /** @param onDatabaseError told every error of the database's */
  constructor(url: string, onDatabaseError: (error: unknown) => void) {
    super({
      url,
      postgresOptions: {
        max: 10,
        onnotice: () => {},
        connection: { application_name: 'data-api', statement_timeout: STATEMENT_TIMEOUT },
        types: {
          numeric: { to: 1700, from: [1700], serialize: String, parse: Number },
          timestamptz: { to: 1184, from: [1184], serialize: String, parse: isoInstant },
          json: { to: 114, from: [114], serialize: encodeJson, parse: JSON.parse },
          jsonb: { to: 3802, from: [3802], serialize: encodeJson, parse: JSON.parse },
        },
      },
    });
    this.#onDatabaseError = onDatabaseError;
    // Private in its declarations, called through `this`: "true" means that requests change to their role.
    Object.defineProperty(this, 'ensureRlsContext', { value: async () => true });
  }

  override async introspect(options?: Parameters<PostgresConnection['introspect']>[0]) {
    const found = await super.introspect(options);
    if (found !== this.#shortened) {
      for (const view of found.views) view.sql = FIRST_SOURCE.exec(view.sql)?.[0] ?? '';
      this.#shortened = found;
    }
    return found;
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
