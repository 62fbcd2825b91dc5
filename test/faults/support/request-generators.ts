import fc from 'fast-check';

/** A request to an Edge Function as a client could send it. */
export interface GeneratedRequest {
  readonly method: string;
  /** What follows the function's name: more path, and a query. */
  readonly rest: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Credentials to choose from: what is right, and what is not. */
export interface Credentials {
  readonly secretKeys: readonly string[];
  readonly userToken: string;
  readonly publishableKey: string;
  /** Tokens with something wrong. */
  readonly badTokens: readonly string[];
}

const bytes = (text: string) => new TextEncoder().encode(text);

const NASTY = [
  ...["'; drop table public.bars; --", '1 or 1=1', "' union select secret from vault.secrets --", '$$', '\\'],
  ...[
    '\u0000',
    'a\u0000b',
    '\ud800',
    '\ufeff',
    '\u202e',
    '\r\nset-cookie: a=b',
    '%00',
    '%',
    '../../etc/passwd',
  ],
  ...['__proto__', 'constructor', 'toString', 'null', 'NaN', 'Infinity', '-0', '1e400', '9'.repeat(400)],
  ...['{{7*7}}', '<script>', '💥'.repeat(50), 'x'.repeat(5_000), ''],
];
const nasty = fc.constantFrom(...NASTY);

const symbol = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('SHORT', 'AAPL', 'NOBODY', 'A', 'aapl', 'A B', `A${'B'.repeat(40)}`),
  },
  { weight: 2, arbitrary: nasty },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
);
const horizon = fc.oneof(fc.constantFrom('1D', '4h', '8h', '1d', '3M', ''), nasty);
/** Anything that JSON can say. */
const anyValue = fc.oneof(fc.jsonValue({ maxDepth: 4 }), nasty, fc.double(), fc.bigInt().map(String));

/** As deep as the smallest limit on a body lets through, and as the stack of no parser bears that recurses. */
const DEEP = 10_000;
const DEEPEST = 100_000;
const deep = fc.oneof(
  fc.constant(`${'['.repeat(DEEP)}${']'.repeat(DEEP)}`),
  fc.constant(`{"symbols":[${'{"a":'.repeat(DEEP)}1${'}'.repeat(DEEP)}]}`),
  fc.constant(`{"csv":${'['.repeat(DEEP)}${']'.repeat(DEEP)}}`),
  fc.constant(`{"feed":${'{"a":'.repeat(DEEP)}1${'}'.repeat(DEEP)}}`),
  fc.constant('['.repeat(60_000)),
  fc.constant(`{"feed":${'{"a":'.repeat(DEEPEST)}1${'}'.repeat(DEEPEST)}}`),
);

const numberText = fc.constantFrom('1e400', '-1e400', '1'.repeat(1_000), '0.1e-999', '01', '+1', '0x10', '-');

const GOOD_LINE = '2024-01-02,1,2,0.5,1.5,100';
/** Lines of CSV that no file may have. */
const badLine = fc.oneof(
  fc.constantFrom(
    ...['2024-01-02,1,2,0.5,1.5', '2024-01-02,1,2,0.5,1.5,100,7', '2024-13-02,1,2,0.5,1.5,100'],
    ...['2024-01-02,0,2,0.5,1.5,100', '2024-01-02,1,0.1,0.5,1.5,100', '2024-01-02,1,2,0.5,1.5,-1'],
    ...['2024-01-02,1e400,2e400,0.5,1.5,1', '2024-01-02,NaN,2,0.5,1.5,1', '9999-01-02,1,2,0.5,1.5,100'],
    ...['2024-01-02,1,2,0.5,"1.5,100', "2024-01-02,1,2,0.5,1.5,'; drop table public.bars; --"],
    ...['0001-01-01,1,2,0.5,1.5,100', '\u0000,1,2,0.5,1.5,100', '2024-01-02T00:00:00Z,1,2,0.5,1.5,100'],
  ),
  nasty.map((text) => `2024-01-03,${text}x,2,0.5,1.5,100`),
);
/** CSV that is nearly right: a header or a line is not. */
const badCsv = fc.oneof(
  fc
    .array(badLine, { minLength: 1, maxLength: 5 })
    .map((lines) => ['date,open,high,low,close,volume', ...lines, GOOD_LINE].join('\n')),
  fc
    .constantFrom(
      'date,open,high,low,close',
      '__proto__,constructor',
      'date;open;high;low;close;volume',
      '<html>',
    )
    .map((header) => `${header}\n${GOOD_LINE}`),
  nasty,
);

const object = (entries: Record<string, fc.Arbitrary<unknown>>) =>
  fc.tuple(
    fc.record(entries, { requiredKeys: [] }),
    fc.option(fc.dictionary(nasty, anyValue, { maxKeys: 2 }), { nil: {}, freq: 4 }),
  );

/** Well-formed requests that the database refuses. */
const wellFormed = fc.oneof(
  object({
    symbols: fc.subarray(['SHORT', 'AAPL', 'NOBODY', 'TLT'], { minLength: 1 }),
    horizon: fc.constantFrom('1D', '4h', '8h'),
  }).map(([near]) => near),
  object({
    symbol: fc.constantFrom('SHORT', 'AAPL', 'NEW'),
    timeframe: fc.constantFrom('1D', '4h'),
    adjustment: fc.constantFrom('all', 'raw'),
    csv: badCsv,
  }).map(([near]) => near),
);

/** JSON near what the functions take. */
const nearJson = fc
  .oneof(
    wellFormed.map((near) => [near, {}] as const),
    object({
      symbols: fc.oneof(fc.array(fc.oneof(symbol, anyValue), { maxLength: 60 }), anyValue),
      horizon: fc.oneof(horizon, anyValue),
    }),
    object({
      symbol: fc.oneof(symbol, anyValue),
      timeframe: fc.oneof(horizon, anyValue),
      feed: fc.oneof(fc.constant('file'), anyValue),
      provider: fc.oneof(fc.constantFrom('csv', 'alpaca', 'tiingo'), anyValue),
      adjustment: fc.oneof(fc.constantFrom('all', 'raw'), anyValue),
      csv: fc.oneof(badCsv, anyValue),
    }),
  )
  .map(([near, more]) => JSON.stringify({ ...near, ...more }) ?? 'null');

const body: fc.Arbitrary<Uint8Array> = fc.oneof(
  { weight: 6, arbitrary: nearJson.map(bytes) },
  { weight: 3, arbitrary: badCsv.map(bytes) },
  { weight: 2, arbitrary: anyValue.map((value) => bytes(JSON.stringify(value) ?? 'null')) },
  { weight: 2, arbitrary: nearJson.map((text) => bytes(text.slice(0, -1))) },
  { weight: 1, arbitrary: numberText.map((text) => bytes(`{"symbols":[${text}],"horizon":${text}}`)) },
  { weight: 1, arbitrary: deep.map(bytes) },
  // Not UTF-8: bytes at random, and text cut in the middle of a character.
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 200 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(new Uint8Array([0xff, 0xfe, 0x7b]), bytes('{"symbols":["é').slice(0, -1)),
  },
  { weight: 2, arbitrary: fc.constant(new Uint8Array()) },
);

const UUID = '7f9c24e5-2b8a-4c11-9f3e-6a1d0c5b7e21';
const name = fc.constantFrom('symbol', 'timeframe', 'feed', 'provider', 'adjustment', 'run', '__proto__', '');
const value = fc.oneof(
  fc.constantFrom('SHORT', '1D', '4h', UUID, UUID.toUpperCase(), '7', 'csv', 'file', 'all'),
  nasty,
);
const query = fc
  .array(fc.tuple(name, value), { maxLength: 5 })
  .map((pairs) => pairs.map(([key, text]) => `${encodeURIComponent(key)}=${encode(text)}`).join('&'));

/** As a client that does not know better would: half of the odd characters stay, as far as HTTP has them. */
function encode(text: string): string {
  return text
    .slice(0, 500)
    .replaceAll(/[^!-~]/g, (character) =>
      encodeURIComponent(/[\ud800-\udfff]/.test(character) ? '\ufffd' : character),
    )
    .replaceAll('#', '%23');
}

const rest = fc
  .tuple(
    fc.constantFrom(
      '',
      '',
      '',
      '',
      '/',
      '/x',
      '/../forecast',
      '/%00',
      '//',
      '/a/b/c',
      '/%',
      `/${'x'.repeat(2_000)}`,
    ),
    fc.oneof(query, fc.constantFrom('%', 'run', 'run=', '&&&', 'run[]=1', `run=${UUID}&run=7`)),
  )
  .map(([path, text]) => (text === '' ? path : `${path}?${text}`));

/** Characters that a header may hold. */
const headerText = nasty.map((text) => text.replaceAll(/[^ -~]/g, '').slice(0, 2_000));

const contentType = fc.oneof(
  { weight: 4, arbitrary: fc.constant('application/json') },
  { weight: 2, arbitrary: fc.constant('text/csv') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...['application/json; charset=utf-16', 'APPLICATION/JSON', 'text/csv;header=absent', 'text/plain'],
      ...['multipart/form-data; boundary=', 'application/x-www-form-urlencoded', '', ';'],
    ),
  },
  { weight: 1, arbitrary: headerText },
);

function credentials(known: Credentials): fc.Arbitrary<Record<string, string>> {
  const bearer = (text: string) => ({ authorization: `Bearer ${text}` });
  const wrongKey = fc
    .constantFrom(...known.secretKeys)
    .chain((key) =>
      fc.constantFrom(
        key.slice(0, -1),
        `${key}x`,
        key.toUpperCase(),
        key.replace(/.$/, '~'),
        ` ${key.slice(1)}`,
      ),
    );
  return fc.oneof(
    { weight: 2, arbitrary: fc.constant({}) },
    { weight: 5, arbitrary: fc.constantFrom(...known.secretKeys).map((apikey) => ({ apikey })) },
    { weight: 5, arbitrary: fc.constant(bearer(known.userToken)) },
    { weight: 1, arbitrary: fc.constant({ apikey: known.publishableKey, ...bearer(known.userToken) }) },
    { weight: 1, arbitrary: fc.constant({ apikey: known.publishableKey }) },
    { weight: 2, arbitrary: wrongKey.map((apikey) => ({ apikey })) },
    { weight: 2, arbitrary: fc.constantFrom(...known.badTokens).map(bearer) },
    {
      weight: 1,
      arbitrary: fc.tuple(headerText, headerText).map(([a, b]) => ({ apikey: a, authorization: b })),
    },
    { weight: 1, arbitrary: headerText.map(bearer) },
  );
}

/**
 * Requests of every kind, none of which may store anything: right and wrong credentials, methods, paths, queries, headers and
 * bodies, each near what is right or far from it.
 */
export function requests(known: Credentials): fc.Arbitrary<GeneratedRequest> {
  return fc
    .record({
      method: fc.oneof(
        { weight: 8, arbitrary: fc.constant('POST') },
        { weight: 3, arbitrary: fc.constant('GET') },
        {
          weight: 1,
          arbitrary: fc.constantFrom(
            'PUT',
            'PATCH',
            'DELETE',
            'HEAD',
            'OPTIONS',
            'PROPFIND',
            'SEARCH',
            'LINK',
          ),
        },
      ),
      rest,
      credentials: credentials(known),
      contentType: fc.option(contentType, { nil: undefined, freq: 8 }),
      more: fc.oneof(
        { weight: 8, arbitrary: fc.constant({}) },
        {
          weight: 1,
          arbitrary: fc.constantFrom<Record<string, string>>(
            { 'content-encoding': 'gzip' },
            { 'transfer-encoding': 'chunked' },
            { 'x-client-info': 'x'.repeat(4_000) },
            { accept: 'text/html' },
            { origin: 'http://evil.example', 'access-control-request-method': 'DELETE' },
            { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' },
            { prefer: 'return=representation', 'accept-profile': 'internal' },
          ),
        },
      ),
      body,
    })
    .map(({ method, rest, credentials, contentType, more, body }) => ({
      method,
      rest,
      headers: { ...credentials, ...(contentType !== undefined && { 'content-type': contentType }), ...more },
      body,
    }));
}
