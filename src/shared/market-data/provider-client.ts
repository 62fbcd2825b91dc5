import type { z } from 'zod';
import { parseJson } from '../contracts/parse.ts';
import { InvalidInputError } from '../errors/invalid-input-error.ts';
import { ProviderError } from '../errors/provider-error.ts';
import type { SeededRandom } from '../numerics/random.ts';
import { retryAfter } from './retry-after.ts';
import { withoutSecrets } from './without-secrets.ts';

/** What asking a provider takes of the host. */
export interface ProviderHost {
  /** As the web's `fetch`. */
  request(url: string, init: RequestInit): Promise<Response>;
  /** A signal that aborts after so many milliseconds. */
  timeout(milliseconds: number): AbortSignal;
  sleep(milliseconds: number): Promise<void>;
  /** Milliseconds that never go back. */
  monotonicClock(): number;
  /** The time, ISO 8601 in UTC. */
  now(): string;
}

/** How long and how often a provider is asked. Times in milliseconds. */
export interface RequestLimits {
  /** For one request, its body included. */
  readonly timeout: number;
  /** For all requests of a client, waiting included. */
  readonly total: number;
  /** Tries of one request. */
  readonly tries: number;
  /** Wait before the second try; it doubles from try to try. */
  readonly backoff: number;
  /** Bytes of one answer. */
  readonly bytes: number;
}

/**
 * The limits of one ingest job. It must end within its lease (60 s by default) and the 150 s an Edge Function has; what takes longer
 * goes back to the queue, whose own backoff is slower.
 */
export const DEFAULT_REQUEST_LIMITS: RequestLimits = {
  timeout: 15_000,
  total: 45_000,
  tries: 4,
  backoff: 500,
  bytes: 8 * 1024 * 1024,
};

export interface ProviderClientOptions {
  /** For messages. */
  readonly provider: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What must appear in no message: the keys. */
  readonly secrets: readonly string[];
  readonly host: ProviderHost;
  /** For the jitter of the backoff. */
  readonly random: SeededRandom;
  readonly limits?: RequestLimits;
  /** Whether a body says that a limit is used up, whatever the status; default never. */
  readonly saysLimited?: (body: string) => boolean;
}

/** Asks one provider, patiently but not for ever. */
export class ProviderClient {
  readonly #options: ProviderClientOptions;
  readonly #limits: RequestLimits;
  readonly #end: number;
  #requests = 0;

  /** The total time runs from here on. */
  constructor(options: ProviderClientOptions) {
    this.#options = options;
    this.#limits = options.limits ?? DEFAULT_REQUEST_LIMITS;
    this.#end = options.host.monotonicClock() + this.#limits.total;
  }

  /** Requests made so far, repeated ones included. */
  requests(): number {
    return this.#requests;
  }

  /**
   * The answer to a GET, checked. Rate limits, failures of the provider, timeouts, and answers that are no JSON are tried again, after
   * the time the answer asks for or a backoff with jitter, whichever is longer.
   *
   * @throws ProviderError the last try's; at once where trying again cannot help or there is no time left to
   */
  async get<Schema extends z.ZodType>(url: string, schema: Schema): Promise<z.output<Schema>> {
    return await this.#ask(url, 'application/json', (body, type) => {
      if (type === 'application/json') return this.#check(schema, body);
      throw this.#error(
        'provider_bad_answer',
        `answered with content type "${type}" instead of JSON: ${beginning(body)}`,
        true,
      );
    });
  }

  /**
   * A file, as patiently as {@link get}. Files come with many content types: `read` tells by the text whether it is
   * one.
   *
   * @param read may throw ProviderError
   */
  async getFile<Read>(url: string, read: (text: string) => Read): Promise<Read> {
    return await this.#ask(url, 'text/csv, text/plain, */*', read);
  }

  async #ask<Read>(url: string, accept: string, read: (body: string, type: string) => Read): Promise<Read> {
    const { host, random } = this.#options;
    for (let attempt = 1; ; attempt++) {
      try {
        const { body, type } = await this.#attempt(url, accept);
        return read(body, type);
      } catch (error) {
        if (!(error instanceof ProviderError) || !error.retryable || attempt >= this.#limits.tries)
          throw error;
        const asked = error.details.retry_after_ms as number | undefined;
        const jitter = 0.5 + random.uniform();
        // Not at once, even where the answer asks for no wait, or for one that is over by this clock.
        const wait = Math.max(asked ?? 0, this.#limits.backoff * (1 << (attempt - 1)) * jitter);
        if (host.monotonicClock() + wait >= this.#end) throw error;
        await host.sleep(wait);
      }
    }
  }

  /** One request: the text of an answer, and of which type it says that it is. */
  async #attempt(url: string, accept: string): Promise<{ readonly body: string; readonly type: string }> {
    const { host, headers, saysLimited } = this.#options;
    const left = this.#end - host.monotonicClock();
    if (left <= 0) throw this.#error('provider_timeout', 'took all the time there is for one job', true);
    // Whole ones: Node refuses others.
    const milliseconds = Math.ceil(Math.min(this.#limits.timeout, left));
    const signal = host.timeout(milliseconds);
    this.#requests++;

    let response: Response;
    let body: string;
    try {
      // Not followed: the keys are for this host alone.
      const init = {
        headers: { accept, ...headers },
        redirect: 'manual',
        signal,
      } as const;
      response = await orAborted(host.request(url, init), signal);
      // Cleaned before anything is cut out of it: half a key is still a secret.
      body = withoutSecrets(await orAborted(this.#read(response), signal), this.#options.secrets);
    } catch (error) {
      if (error instanceof ProviderError) throw error;
      if (signal.aborted)
        throw this.#error('provider_timeout', `gave no whole answer in ${milliseconds} ms`, true);
      throw this.#error('provider_unavailable', `cannot be reached: ${(error as Error).message}`, true);
    }
    if (response.status === 429 || saysLimited?.(body)) throw this.#limited(response, body);
    if (response.status !== 200) throw this.#refusal(response, body);
    const type = (response.headers.get('content-type') ?? '').split(';')[0].trim().toLowerCase();
    return { body, type };
  }

  /** The body as text, read no further than the limit. */
  async #read(response: Response): Promise<string> {
    const reader = response.body?.getReader();
    // Not strictly: a page in another encoding is still told by its status and type, and its letters are in no number.
    const decoder = new TextDecoder();
    let text = '';
    let bytes = 0;
    while (reader !== undefined) {
      const { done, value } = await reader.read();
      if (done) break;
      bytes += value.byteLength;
      if (bytes > this.#limits.bytes) {
        await reader.cancel();
        throw this.#error('provider_bad_answer', `answered more than ${this.#limits.bytes} bytes`, false);
      }
      text += decoder.decode(value, { stream: true });
    }
    return text + decoder.decode();
  }

  #check<Schema extends z.ZodType>(schema: Schema, body: string): z.output<Schema> {
    try {
      return parseJson(schema, body, 'The answer');
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      const malformed = error.code === 'malformed_json';
      const saying = malformed ? 'gave an answer that is not JSON' : `gave a wrong answer: ${error.message}`;
      throw this.#error('provider_bad_answer', saying, malformed);
    }
  }

  #limited(response: Response, body: string): ProviderError {
    const { asks, details } = this.#wait(response);
    const saying = `asks for fewer requests${asks} (status ${response.status}): ${beginning(body)}`;
    return this.#error('provider_rate_limited', saying, true, details);
  }

  /** How long an answer asks to wait, in words and for the next try. */
  #wait({ headers }: Response): { readonly asks: string; readonly details: ProviderError['details'] } {
    const wait = retryAfter(headers, this.#options.host.now());
    if (wait === null) return { asks: '', details: {} };
    return { asks: `, and asks to wait ${wait / 1000} s`, details: { retry_after_ms: wait } };
  }

  #refusal(response: Response, body: string): ProviderError {
    const { status } = response;
    const { asks, details } = this.#wait(response);
    const says = `answered with status ${status}${asks}: ${beginning(body)}`;
    if (status >= 500) return this.#error('provider_unavailable', says, true, details);
    if (status >= 300 && status < 400) {
      return this.#error('provider_bad_answer', `redirects (status ${status}), which is not followed`, false);
    }
    if (status < 400) return this.#error('provider_bad_answer', says, false);
    if (status === 401 || status === 403) return this.#error('provider_unauthorised', says, false);
    if (status === 404) return this.#error('provider_unknown_symbol', says, false);
    // A request timed out on their side.
    if (status === 408) return this.#error('provider_timeout', says, true);
    return this.#error('provider_refused', says, false);
  }

  #error(
    code: ProviderError['code'],
    saying: string,
    retryable: boolean,
    details: ProviderError['details'] = {},
  ): ProviderError {
    const { provider, secrets } = this.#options;
    return new ProviderError(code, withoutSecrets(`${provider} ${saying}`, secrets), retryable, details);
  }
}

/** What of a body is repeated in a message: its beginning on one line. */
function beginning(body: string): string {
  const line = body.replace(/\s+/g, ' ').trim();
  if (line === '') return 'nothing';
  return line.length <= 160 ? line : `${line.slice(0, 157)}...`;
}

/** The promise, or a rejection as soon as the signal aborts: not every stand-in for `fetch` looks at it. */
async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(new Error('aborted'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  promise.catch(() => {});
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
