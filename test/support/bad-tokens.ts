import { createHmac, createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { publicJwks, type StackKeys } from '../../src/local/keys.ts';

type Claims = Readonly<Record<string, unknown>>;

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

function signed(header: object, claims: Claims, key: KeyObject): string {
  const content = `${encode(header)}.${encode(claims)}`;
  return `${content}.${sign('sha256', Buffer.from(content), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

/**
 * Tokens that must open nothing, by what is wrong with them: each is the token of a signed-in user but for that.
 *
 * @param good such a token
 * @param keys of the stack that made it
 */
export function badTokens(good: string, keys: StackKeys): Record<string, string> {
  const [header, payload, signature] = good.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims;
  const { kid } = keys.signingKey;
  const es256 = { alg: 'ES256', typ: 'JWT', kid };
  const own = createPrivateKey({ key: keys.signingKey, format: 'jwk' });
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const hour = 3_600;
  const now = Math.floor(Date.now() / 1_000);
  const changed = (changes: Claims) => signed(es256, { ...claims, ...changes }, own);
  const hmac = (secret: string) => {
    const content = `${encode({ alg: 'HS256', typ: 'JWT', kid })}.${payload}`;
    return `${content}.${createHmac('sha256', secret).update(content).digest('base64url')}`;
  };
  return {
    'no token': 'nonsense',
    'nothing of three parts': '..',
    'a signature that is not one': `${header}.${payload}.AAAA`,
    'the signature of another payload': `${header}.${encode({ ...claims, sub: 'somebody else' })}.${signature}`,
    'the key of somebody else': signed(es256, claims, other),
    'a key that is not published': signed({ ...es256, kid: 'another' }, claims, other),
    'algorithm none': `${encode({ alg: 'none', typ: 'JWT', kid })}.${payload}.`,
    'algorithm none and a signature': `${encode({ alg: 'none', typ: 'JWT', kid })}.${payload}.${signature}`,
    'the public key as a shared secret': hmac(JSON.stringify(publicJwks(keys).keys[0])),
    'an empty shared secret': hmac(''),
    'a lifetime that is over': changed({ iat: now - 2 * hour, exp: now - hour }),
    'a lifetime that has not begun': changed({ nbf: now + hour }),
    'no end': changed({ exp: undefined }),
    'the audience of another service': changed({ aud: 'another' }),
    'no audience': changed({ aud: undefined }),
    'the role of nobody': changed({ role: 'anon' }),
    'the role of the service': changed({ role: 'service_role' }),
    'the role of the owner': changed({ role: 'postgres' }),
    'the role of the superuser': changed({ role: 'supabase_admin' }),
    'no role': changed({ role: undefined }),
    'no subject': changed({ sub: undefined }),
  };
}
