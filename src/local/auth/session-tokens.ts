import { createHmac, createPublicKey, sign, timingSafeEqual, verify } from 'node:crypto';
import { type StackKeys, signingKeyObject } from '../keys.ts';

/** What a token says. */
export type Claims = Readonly<Record<string, unknown>>;

/**
 * Users' tokens, outside and inside.
 *
 * Outside the stack they are what a hosted project issues: ES256, with a key id that the JWKS has, so that
 * `@supabase/server` verifies them in a function. The Auth server of `@supabase/lite` makes and takes only HS256 without a
 * key id, so the gateway translates in both directions.
 */
export class SessionTokens {
  readonly #keys: StackKeys;
  readonly #issuer: () => string;
  readonly #privateKey;
  readonly #publicKey;

  /** @param issuer gives the `iss` of issued tokens: the Auth server's URL, known once the gateway listens */
  constructor(keys: StackKeys, issuer: () => string) {
    this.#keys = keys;
    this.#issuer = issuer;
    this.#privateKey = signingKeyObject(keys);
    this.#publicKey = createPublicKey(this.#privateKey);
  }

  /**
   * The token for users that stands for one the Auth server made; null when it did not make it.
   *
   * @param more claims that hosted's tokens have and the Auth server's lack
   */
  toPublic(internal: string, more: Claims = {}): string | null {
    const [header, payload, signature] = internal.split('.');
    if (header === undefined || payload === undefined || signature === undefined) return null;
    const expected = this.#internalSignature(`${header}.${payload}`);
    const given = Buffer.from(signature, 'base64url');
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
    const claims = { iss: this.#issuer(), ...more, ...decode(payload) };
    const { kid } = this.#keys.signingKey;
    const content = `${encode({ alg: 'ES256', typ: 'JWT', kid })}.${encode(claims)}`;
    const bytes = sign('sha256', Buffer.from(content), {
      key: this.#privateKey,
      dsaEncoding: 'ieee-p1363',
    });
    return `${content}.${bytes.toString('base64url')}`;
  }

  /** The token the Auth server takes in place of a user's; null when the user's is not ours. Expiry is for it to judge. */
  toInternal(token: string): string | null {
    const claims = this.#readSigned(token);
    if (claims === null) return null;
    const content = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
    return `${content}.${this.#internalSignature(content).toString('base64url')}`;
  }

  /** The claims of a user's token that is ours and has not expired, else null. */
  verify(token: string, nowSeconds: number): Claims | null {
    const claims = this.#readSigned(token);
    if (claims === null || typeof claims.exp !== 'number' || claims.exp <= nowSeconds) return null;
    return claims;
  }

  #readSigned(token: string): Claims | null {
    const [header, payload, signature, ...rest] = token.split('.');
    if (header === undefined || payload === undefined || signature === undefined || rest.length > 0)
      return null;
    const head = decode(header);
    if (head?.alg !== 'ES256' || head.kid !== this.#keys.signingKey.kid) return null;
    const valid = verify(
      'sha256',
      Buffer.from(`${header}.${payload}`),
      { key: this.#publicKey, dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature, 'base64url'),
    );
    const claims = valid ? decode(payload) : null;
    return claims !== null && isUsers(claims) ? claims : null;
  }

  #internalSignature(content: string): Buffer {
    return createHmac('sha256', this.#keys.internalJwtSecret).update(content).digest();
  }
}

/** Whether a token is a signed-in user's, for this project's API, and ends some day: what else the key may have signed opens nothing. */
function isUsers({ aud, role, sub, exp }: Claims): boolean {
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  return (
    audiences.includes('authenticated') &&
    role === 'authenticated' &&
    typeof sub === 'string' &&
    typeof exp === 'number'
  );
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decode(part: string): Claims | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Claims) : null;
  } catch {
    return null;
  }
}
