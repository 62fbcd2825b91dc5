import { type ErrorDetails, PlumblineError } from './plumbline-error.ts';

/** What can go wrong between us and a provider of market data. */
export type ProviderErrorCode =
  /** Its key is not in the environment. */
  | 'provider_not_configured'
  /** It does not accept the key, or not for what was asked (status 401, 403). */
  | 'provider_unauthorised'
  /** It does not know the symbol (status 404), or answered about another one. */
  | 'provider_unknown_symbol'
  /** It finds the request itself wrong (any other status from 400 to 499). */
  | 'provider_refused'
  /** It asks for fewer requests (status 429). */
  | 'provider_rate_limited'
  /** It cannot be reached, or fails itself (status 500 and above). */
  | 'provider_unavailable'
  /** It took longer than is waited for. */
  | 'provider_timeout'
  /** What it answered is not what it documents, or cannot be true. */
  | 'provider_bad_answer'
  /** It has no bars of what was asked for. */
  | 'provider_no_bars';

/** A provider of market data did not give what was asked for. Its message never holds a key. */
export class ProviderError extends PlumblineError {
  declare readonly code: ProviderErrorCode;
  /** Whether asking again later can help. */
  readonly retryable: boolean;

  constructor(code: ProviderErrorCode, message: string, retryable: boolean, details: ErrorDetails = {}) {
    super(code, message, details);
    this.retryable = retryable;
  }
}
