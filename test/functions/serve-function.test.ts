import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { serveFunction } from '../../supabase/functions/_shared/serve-function.ts';

const SECRET = 'sb_secret_0123456789abcdef';

const served = serveFunction({
  name: 'served',
  auth: ['secret:*'],
  methods: { POST: async () => Response.json({ done: true }) },
});
const call = (method: string, headers: Record<string, string> = {}) =>
  served.fetch(new Request('http://127.0.0.1/served', { method, headers }));

beforeEach(() => {
  // supabase-js wants a WebSocket to be there, which Node has from version 22 on.
  vi.stubGlobal('WebSocket', class {});
  vi.stubEnv('SUPABASE_URL', 'http://127.0.0.1:1');
  vi.stubEnv('SUPABASE_SECRET_KEYS', JSON.stringify({ default: SECRET, cron: 'sb_secret_of_cron' }));
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe('a function', () => {
  it.each(['DELETE', 'HEAD', 'constructor', 'toString', '__proto__', 'hasOwnProperty'])(
    'does not offer %s',
    async (method) => {
      const answer = await call(method, { apikey: SECRET });
      expect([answer.status, (await answer.json()).code]).toEqual([405, 'method_not_allowed']);
    },
  );

  it('takes every named secret key, and nothing near one', async () => {
    expect((await call('POST', { apikey: SECRET })).status).toBe(200);
    expect((await call('POST', { apikey: 'sb_secret_of_cron' })).status).toBe(200);
    for (const near of ['', 'sb_secret_', SECRET.slice(1), `${SECRET}0`, SECRET.toUpperCase()]) {
      expect((await call('POST', { apikey: near })).status).toBe(401);
    }
  });

  // What compares is the library: this pins how, so that a version that compares otherwise is noticed.
  it('compares keys in constant time: by the HMACs of both, wherever they differ', async () => {
    const sign = vi.spyOn(crypto.subtle, 'sign');
    const signatures = async (apikey: string) => {
      sign.mockClear();
      await call('POST', { apikey });
      return sign.mock.calls.map(([algorithm, , data]) => [
        algorithm,
        new TextDecoder().decode(data as Uint8Array),
      ]);
    };
    const wrong = [`x${SECRET.slice(1)}`, `${SECRET.slice(0, -1)}x`, 'x', `${SECRET}x`];
    for (const apikey of wrong) {
      expect(await signatures(apikey)).toEqual([
        ['HMAC', apikey],
        ['HMAC', SECRET],
        ['HMAC', apikey],
        ['HMAC', 'sb_secret_of_cron'],
      ]);
    }
    expect(await signatures(SECRET)).toEqual([
      ['HMAC', SECRET],
      ['HMAC', SECRET],
    ]);
  });
});
