import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { InvalidInputError } from '../../src/shared/errors/invalid-input-error.ts';
import { StoreError } from '../../src/shared/errors/store-error.ts';
import { serveFunction } from '../../supabase/functions/_shared/serve-function.ts';
import { json, type ProviderAnswer, startProviderServer } from '../support/provider-server.ts';

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
  vi.stubGlobal('EdgeRuntime', { waitUntil: () => {} });
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

  it('says of a token signed with the legacy secret what to do instead, and of no other', async () => {
    const token = (header: unknown) =>
      `${Buffer.from(JSON.stringify(header)).toString('base64url')}.e30.c2lnbmF0dXJl`;
    const refusal = async (headers: Record<string, string>) => {
      const answer = await call('POST', headers);
      return [answer.status, (await answer.json()).code];
    };
    const legacy = token({ alg: 'HS256', typ: 'JWT', role: '\u00ff\u00fe>>>???' });
    for (const scheme of ['Bearer', 'bearer']) {
      expect(await refusal({ authorization: `${scheme} ${legacy}` })).toEqual([401, 'legacy_token']);
    }
    for (const other of [
      token({ alg: 'ES256', kid: 'a' }),
      token(null),
      token('HS256'),
      'nonsense',
      `!.${legacy}`,
      SECRET,
    ]) {
      expect(await refusal({ authorization: `Bearer ${other}` })).toEqual([401, 'unauthorized']);
    }
    expect((await call('POST', { authorization: `Bearer ${legacy}`, apikey: SECRET })).status).toBe(200);
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

describe('an error of our own', () => {
  const servedWith = (error: unknown, name = 'served') =>
    serveFunction({
      name,
      auth: ['secret:*'],
      methods: {
        POST: async () => {
          throw error;
        },
      },
    }).fetch(
      new Request('http://127.0.0.1/served?symbol=SPY', { method: 'POST', headers: { apikey: SECRET } }),
    );

  interface Recorded {
    readonly p_source: string;
    readonly p_code: string;
    readonly p_message: string;
    readonly p_details: Record<string, unknown>;
  }

  /** A database that takes calls of record_error, or hangs. */
  async function withDatabase(
    body: (recorded: Recorded[]) => Promise<void>,
    answer: ProviderAnswer = json(1),
  ): Promise<void> {
    const recorded: Recorded[] = [];
    const server = await startProviderServer();
    server.answerWith((request, response) => {
      let text = '';
      request.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      request.on('end', () => {
        if (request.url === '/rest/v1/rpc/record_error') recorded.push(JSON.parse(text));
        answer(request, response);
      });
    });
    vi.stubEnv('SUPABASE_URL', server.url);
    vi.spyOn(console, 'error').mockImplementation(() => {});
    // The bound is by minute and instance: each test has a minute of its own.
    const began = performance.now();
    vi.spyOn(performance, 'now').mockImplementation(() => began + ++minutes * 61_000);
    try {
      await body(recorded);
    } finally {
      await server.stop();
    }
  }
  let minutes = 0;

  it('is recorded with function, code and message, and without keys, tokens and queries', async () =>
    withDatabase(async (recorded) => {
      const token = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln';
      const error = new TypeError(
        `cannot read https://user:pw@example.test/a?apikey=k1&x=2 with ${SECRET}, Authorization: Bearer ${token}; token=k3`,
      );
      const answer = await servedWith(error);
      expect([answer.status, (await answer.json()).code]).toEqual([500, 'internal_error']);
      expect(recorded).toEqual([
        {
          p_source: 'served',
          p_code: 'internal_error',
          p_message:
            'TypeError: cannot read https://example.test/a with [key], Authorization: Bearer [left out] token=[left out]',
          p_details: { method: 'POST' },
        },
      ]);
      const text = JSON.stringify(recorded);
      for (const secret of [SECRET, token, 'k1', 'k3', 'pw', 'SPY']) expect(text).not.toContain(secret);
    }));

  it('is one line of the log and of the record, whatever its message holds', async () =>
    withDatabase(async (recorded) => {
      await servedWith(new Error('moved\r\n{"event":"forged"}\u001b[31m\u2028 on'));
      expect(recorded.map(({ p_message }) => p_message)).toEqual([
        'Error: moved {"event":"forged"} [31m  on',
      ]);
      const lines = vi.mocked(console.error).mock.calls.map(([line]) => line as string);
      expect(lines).toHaveLength(1);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: there must be none.
      expect(lines[0]).not.toMatch(/[\u0000-\u001f\u2028]/);
      expect(JSON.parse(lines[0]!).message).toBe('moved {"event":"forged"} [31m  on');
    }));

  it('of the database is recorded with its code; what a caller did wrong is not', async () =>
    withDatabase(async (recorded) => {
      expect((await servedWith(new StoreError('XX000', 'internal error', 500))).status).toBe(503);
      expect((await servedWith(new StoreError('unknown_symbol', 'no XYZ', 404))).status).toBe(404);
      expect((await servedWith(new InvalidInputError('invalid_input', 'no'))).status).toBe(400);
      expect((await servedWith('a text that was thrown')).status).toBe(500);
      expect(recorded.map(({ p_code, p_details }) => [p_code, p_details])).toEqual([
        ['refused_by_database', { method: 'POST', status: 500, code: 'XX000' }],
        ['internal_error', { method: 'POST' }],
      ]);
    }));

  it.each(['57014', '55P03', '40P01', '40001'])(
    'is not recorded where the database was only busy (%s)',
    (code) =>
      withDatabase(async (recorded) => {
        const answer = await servedWith(new StoreError(code, 'not in time', 500));
        expect([answer.status, (await answer.json()).code]).toEqual([503, 'store_busy']);
        expect(recorded).toEqual([]);
      }),
  );

  it('in work that goes on after the answer is recorded too, and the isolate waits for it', async () =>
    withDatabase(async (recorded) => {
      const goesOn = serveFunction({
        name: 'served',
        auth: ['secret:*'],
        methods: {
          POST: async (_request, { goOn }) => {
            goOn(Promise.reject(new Error('later')));
            return new Response('accepted', { status: 202 });
          },
        },
      });
      const background: Promise<unknown>[] = [];
      vi.stubGlobal('EdgeRuntime', { waitUntil: (promise: Promise<unknown>) => background.push(promise) });
      const request = new Request('http://127.0.0.1/served', { method: 'POST', headers: { apikey: SECRET } });
      expect((await goesOn.fetch(request)).status).toBe(202);
      await Promise.all(background);
      expect(recorded.map(({ p_message }) => p_message)).toEqual(['Error: later']);
    }));

  it('is answered as ever when the database refuses the record, or is not there', async () => {
    const refuse = json({ message: 'no' }, 500);
    await withDatabase(async (recorded) => {
      expect((await servedWith(new Error('x'))).status).toBe(500);
      expect(recorded).toHaveLength(1);
    }, refuse);
    vi.stubEnv('SUPABASE_URL', 'http://127.0.0.1:1');
    expect((await servedWith(new Error('x'))).status).toBe(500);
  });

  it('does not keep the caller waiting for a database that hangs', async () =>
    withDatabase(
      async () => {
        const began = Date.now();
        expect((await servedWith(new Error('x'))).status).toBe(500);
        expect(Date.now() - began).toBeLessThan(5_000);
      },
      () => {},
    ));

  it('is recorded ten times a minute at most', async () =>
    withDatabase(async (recorded) => {
      const began = performance.now();
      vi.mocked(performance.now).mockImplementation(() => began);
      for (let i = 0; i < 12; i++) expect((await servedWith(new Error('x'))).status).toBe(500);
      expect(recorded).toHaveLength(10);
    }));
});
