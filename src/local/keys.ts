import { createPrivateKey, generateKeyPairSync, type JsonWebKey, randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Everything secret of one data directory: generated once, kept in `keys.json`, readable by its owner only. */
export interface StackKeys {
  /** `sb_publishable_...`, in the format of hosted projects. */
  readonly publishableKey: string;
  /** Named secret keys, `sb_secret_...`: `default`, and `cron` for calls from the database. */
  readonly secretKeys: { readonly default: string; readonly cron: string };
  /** Signs users' tokens (ES256, as hosted projects do); the public half is served as the JWKS. */
  readonly signingKey: JsonWebKey & { readonly kid: string };
  /** Signs the tokens the Auth server makes inside the stack; they never leave it. */
  readonly internalJwtSecret: string;
  readonly databasePasswords: {
    readonly supabase_admin: string;
    readonly postgres: string;
    readonly authenticator: string;
  };
}

/** Reads the keys of a data directory, or null if it has none yet. */
export function readKeys(directory: string): StackKeys | null {
  const path = join(directory, 'keys.json');
  if (!existsSync(path)) return null;
  return JSON.parse(readFileSync(path, 'utf8')) as StackKeys;
}

/** Generates the keys of a data directory and keeps them there. */
export async function createKeys(directory: string): Promise<StackKeys> {
  // Only here: who reads keys, as every command does, should not wait for all of it.
  const { generateApiKey } = await import('@supabase/lite');
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keys: StackKeys = {
    publishableKey: (await generateApiKey('publishable')).key,
    secretKeys: { default: (await generateApiKey('secret')).key, cron: (await generateApiKey('secret')).key },
    signingKey: { ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig', kid: randomUUID() },
    internalJwtSecret: password(),
    databasePasswords: { supabase_admin: password(), postgres: password(), authenticator: password() },
  };
  const path = join(directory, 'keys.json');
  writeFileSync(`${path}.new`, JSON.stringify(keys, null, 2), { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return keys;
}

/** The JSON Web Key Set that verifies users' tokens: the public half of the signing key. */
export function publicJwks(keys: StackKeys): { keys: JsonWebKey[] } {
  const { d: _private, ...publicKey } = keys.signingKey;
  return { keys: [publicKey] };
}

/** The signing key as Node's crypto takes it. */
export function signingKeyObject(keys: StackKeys) {
  return createPrivateKey({ key: keys.signingKey, format: 'jwk' });
}

function password(): string {
  return randomBytes(24).toString('base64url');
}
