import { FitError } from '../errors/fit-error.ts';
import { InvalidInputError } from '../errors/invalid-input-error.ts';
import type { ErrorDetails, PlumblineError } from '../errors/plumbline-error.ts';
import { StoreError } from '../errors/store-error.ts';
import { oneLine } from '../wording/one-line.ts';

/** The body of every answer that is not a success. */
export interface ErrorBody {
  readonly code: string;
  readonly message: string;
  readonly details?: ErrorDetails;
}

/** Status and body of an answer, and in how many seconds to ask again, where that is known. */
interface ErrorAnswer {
  readonly status: number;
  readonly body: ErrorBody;
  readonly retryAfter?: number;
}

/** Input errors whose status is not 400. */
const STATUS_BY_CODE: Readonly<Record<string, number>> = {
  unknown_run: 404,
  method_not_allowed: 405,
  body_too_large: 413,
  unsupported_media_type: 415,
};

/**
 * What answers an error. What is not a {@link PlumblineError} is ours to fix and says nothing of its inside: a message
 * may hold what a caller must not see.
 */
export function errorAnswer(error: unknown): ErrorAnswer {
  if (error instanceof StoreError) {
    if (error.isBusy) {
      const message = 'The database was too busy to do what was asked, and did nothing: try again';
      return { status: 503, body: { code: 'store_busy', message } };
    }
    // The database's own refusals are the caller's to read; anything else is not.
    if (error.status >= 400 && error.status < 500) {
      // A code of five characters is Postgres': a value that no check here foresaw.
      const code = /^[0-9A-Z]{5}$/.test(error.code) ? 'refused_by_database' : error.code;
      const { status, message, retryAfter } = error;
      const body = { code, message: oneLine(message) };
      if (retryAfter === null) return { status, body };
      return { status, body: { ...body, details: { retry_after: retryAfter } }, retryAfter };
    }
    return {
      status: 503,
      body: { code: 'store_unavailable', message: 'The database did not do what was asked: try again' },
    };
  }
  if (error instanceof InvalidInputError) {
    return { status: STATUS_BY_CODE[error.code] ?? 400, body: bodyOf(error) };
  }
  if (error instanceof FitError) return { status: 422, body: bodyOf(error) };
  return { status: 500, body: { code: 'internal_error', message: 'An error on our side: the log has it' } };
}

function bodyOf(error: PlumblineError): ErrorBody {
  const { code, details } = error;
  const message = oneLine(error.message);
  return Object.keys(details).length > 0 ? { code, message, details } : { code, message };
}
