import { StoreError } from '../errors/store-error.ts';

/** What every call of supabase-js to the Data API answers. */
interface Answer<Data> {
  readonly data: Data;
  readonly error: {
    readonly message: string;
    readonly code?: string;
    readonly details?: string | null;
    readonly hint?: string | null;
  } | null;
  readonly status: number;
}

/**
 * The data of an answer.
 *
 * SQL functions refuse with SQLSTATE `PTnnn` and put their own code in the detail, and in the hint in how many seconds to ask again; other errors
 * keep their SQLSTATE.
 *
 * @throws StoreError when the answer is an error
 */
export function unwrap<Data>(answer: Answer<Data>): NonNullable<Data> {
  const data = unwrapNullable(answer);
  if (data === null || data === undefined) {
    throw new StoreError(
      'empty_answer',
      'The database answered nothing where a value was due',
      answer.status,
    );
  }
  return data;
}

/** The same where null is a valid answer. @throws StoreError */
export function unwrapNullable<Data>(answer: Answer<Data>): Data {
  const { error, status } = answer;
  if (error === null) return answer.data;
  const own = error.code?.startsWith('PT') === true && error.details;
  throw new StoreError(
    own ? String(error.details) : error.code || 'store_unreachable',
    error.message,
    status,
    own && error.hint ? Number(error.hint) : null,
  );
}
