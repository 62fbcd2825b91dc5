// POST bars of one symbol, as text/csv with ?symbol=... or as JSON {symbol, csv, ...}. Secret key only.
import { jsonUploadSchema, uploadSchema } from '../../../src/shared/contracts/ingest-request.ts';
import { parse, parseJson } from '../../../src/shared/contracts/parse.ts';
import { InvalidInputError } from '../../../src/shared/errors/invalid-input-error.ts';
import { parseCsvBars } from '../../../src/shared/market-data/parse-csv-bars.ts';
import { unwrap } from '../../../src/shared/store/unwrap.ts';
import { readBody } from '../_shared/read-body.ts';
import { seedEnsemble } from '../_shared/seed-ensemble.ts';
import { type Context, serveFunction } from '../_shared/serve-function.ts';

/** A file of 20,000 bars has about 1.5 MB. */
const BODY_LIMIT = 4 * 1024 * 1024;

export default serveFunction({
  name: 'ingest-bars',
  auth: ['secret:*'],
  methods: { POST: ingest },
});

async function ingest(request: Request, { store }: Context): Promise<Response> {
  const upload = readUpload(request, await readBody(request, BODY_LIMIT));
  const bars = parseCsvBars(upload.csv, upload.timeframe, new Date().toISOString());
  await seedEnsemble(store);
  const stored = unwrap(
    await store.rpc('ingest_bars', {
      p_symbol: upload.symbol,
      p_timeframe: upload.timeframe,
      p_provider: upload.provider,
      p_feed: upload.feed,
      p_adjustment: upload.adjustment,
      p_bars: bars.map((bar) => [bar.time, bar.open, bar.high, bar.low, bar.close, bar.volume]),
    }),
  );
  return Response.json(stored);
}

function readUpload(request: Request, body: string) {
  const type = (request.headers.get('content-type') ?? '').split(';')[0].trim().toLowerCase();
  if (type === 'application/json') return parseJson(jsonUploadSchema, body, 'the request body');
  if (type === 'text/csv') {
    const query = Object.fromEntries(new URL(request.url).searchParams);
    return { ...parse(uploadSchema, query, 'the query'), csv: body };
  }
  throw new InvalidInputError(
    'unsupported_media_type',
    `content type "${type}" is not taken; send text/csv or application/json`,
  );
}
