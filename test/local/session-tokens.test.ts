import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SessionTokens } from '../../src/local/auth/session-tokens.ts';
import { createKeys, publicJwks, type StackKeys } from '../../src/local/keys.ts';

const directory = mkdtempSync(join(tmpdir(), 'plumbline-keys-'));
let keys: StackKeys;
let tokens: SessionTokens;

beforeAll(async () => {
  keys = await createKeys(directory);
  tokens = new SessionTokens(keys, () => 'http://127.0.0.1:1/auth/v1');
});
afterAll(() => rmSync(directory, { recursive: true }));

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** What the Auth server says of a signed-in user. */
const USER = { sub: 'user', aud: 'authenticated', role: 'authenticated', exp: 2_000 };

/** A token as the Auth server makes it. */
function internalToken(claims: object, secret = keys.internalJwtSecret): string {
  const content = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${content}.${createHmac('sha256', secret).update(content).digest('base64url')}`;
}

test('a token goes out signed with the published key and comes back in as it was, with its issuer', () => {
  const internal = internalToken(USER);
  const outside = tokens.toPublic(internal)!;
  const header = JSON.parse(Buffer.from(outside.split('.')[0]!, 'base64url').toString());
  expect(header).toEqual({ alg: 'ES256', typ: 'JWT', kid: publicJwks(keys).keys[0]!.kid });
  expect(tokens.verify(outside, 1_999)).toEqual({
    iss: 'http://127.0.0.1:1/auth/v1',
    ...USER,
  });
  expect(tokens.toInternal(outside)).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
});

test('an expired token does not verify', () => {
  const outside = tokens.toPublic(internalToken(USER))!;
  expect(tokens.verify(outside, 2_000)).toBeNull();
});

test.each([
  ['another audience', { aud: 'another' }],
  ['no audience', { aud: undefined }],
  ['the role of the service', { role: 'service_role' }],
  ['the role of the owner', { role: 'postgres' }],
  ['no role', { role: undefined }],
  ['no subject', { sub: undefined }],
  ['no end', { exp: undefined }],
])("a token of %s is no user's, though the key is right", (_flaw, changes) => {
  const outside = tokens.toPublic(internalToken({ ...USER, ...changes }))!;
  expect(tokens.toInternal(outside)).toBeNull();
  expect(tokens.verify(outside, 0)).toBeNull();
});

test('a token somebody else signed is neither given out nor taken in', async () => {
  expect(tokens.toPublic(internalToken({ sub: 'user' }, 'another secret'))).toBeNull();
  const other = new SessionTokens(await createKeys(directory), () => '');
  const outside = tokens.toPublic(internalToken(USER))!;
  expect(other.toInternal(outside)).toBeNull();
  expect(other.verify(outside, 0)).toBeNull();
});

test.each(['', 'x', 'a.b.c', '..', 'sb_publishable_x', `${'e30'}.${'e30'}.${'e30'}`])(
  '%j is no token',
  (text) => {
    expect(tokens.toInternal(text)).toBeNull();
    expect(tokens.toPublic(text)).toBeNull();
    expect(tokens.verify(text, 0)).toBeNull();
  },
);

test('a changed payload breaks the signature', () => {
  const [header, , signature] = tokens.toPublic(internalToken(USER))!.split('.');
  expect(tokens.verify(`${header}.${encode({ ...USER, sub: 'admin' })}.${signature}`, 0)).toBeNull();
});

test('the published key set holds no private part', () => {
  expect(publicJwks(keys).keys).toHaveLength(1);
  expect(publicJwks(keys).keys[0]).not.toHaveProperty('d');
});
