// POST bars of one symbol, as text/csv with ?symbol=... or as JSON {symbol, csv, ...}; or {}, which claims one ingest
// job of the queue, answers 202 and fetches bars from the provider that the job names. POST to /events: scheduled
// events, as text/csv or as JSON {csv, ...}. Secret keys; a job for the one named cron only.
import { parseProviderEnvironment } from '../../../src/shared/contracts/environment.ts';
import {
  eventUploadSchema,
  jsonEventUploadSchema,
  jsonUploadSchema,
  uploadSchema,
} from '../../../src/shared/contracts/ingest-request.ts';
import { parse, parseJson } from '../../../src/shared/contracts/parse.ts';
import { InvalidInputError } from '../../../src/shared/errors/invalid-input-error.ts';
import { createProvider } from '../../../src/shared/market-data/create-provider.ts';
import { ingestSeries } from '../../../src/shared/market-data/ingest-series.ts';
import { parseCsvBars } from '../../../src/shared/market-data/parse-csv-bars.ts';
import { parseCsvEvents } from '../../../src/shared/market-data/parse-csv-events.ts';
import { readBarRules } from '../../../src/shared/store/read-bar-rules.ts';
import { readIngestionState } from '../../../src/shared/store/read-ingestion-state.ts';
import { readStoredBars } from '../../../src/shared/store/read-stored-bars.ts';
import { storeEvents } from '../../../src/shared/store/store-events.ts';
import { readUploadRules, storeUpload } from '../../../src/shared/store/store-upload.ts';
import { SupabaseJobQueue } from '../../../src/shared/store/supabase-job-queue.ts';
import { asSentence } from '../../../src/shared/wording/as-sentence.ts';
import { requireCronKey } from '../_shared/cron-key.ts';
import { accepted, idle } from '../_shared/job-answers.ts';
import { log } from '../_shared/log.ts';
import { providerHost } from '../_shared/provider-host.ts';
import { readBody } from '../_shared/read-body.ts';
import { seedEnsembles } from '../_shared/seed-ensembles.ts';
import { type Context, serveFunction } from '../_shared/serve-function.ts';

/** A file of 20,000 bars has about 1.5 MB. */
const BODY_LIMIT = 4 * 1024 * 1024;

export default serveFunction({
  name: 'ingest-bars',
  auth: ['secret:*'],
  methods: { POST: ingest },
});

async function ingest(request: Request, context: Context): Promise<Response> {
  const body = await readBody(request, BODY_LIMIT);
  if (/\/events\/?$/.test(new URL(request.url).pathname)) return await ingestEvents(request, body, context);
  if (contentType(request) === 'application/json' && /^\s*\{\s*\}\s*$/.test(body)) return await work(context);
  const { store } = context;
  const upload = readUpload(request, {
    json: () => parseJson(jsonUploadSchema, body, 'The request body'),
    csv: (query) => ({ ...parse(uploadSchema, query, 'The query'), csv: body }),
  });
  if (upload.covariate !== undefined && upload.timeframe !== '1D') {
    throw new InvalidInputError(
      'invalid_input',
      `A covariate is read from daily bars, and these are of ${upload.timeframe}: leave covariate out, or send bars of 1D`,
    );
  }
  const rules = await readUploadRules(store, upload.symbol, upload.calendar, upload.covariate);
  const { calendar, closesOnly } = rules;
  const now = new Date().toISOString();
  const { bars, reading } = parseCsvBars(upload.csv, { ...upload, calendar, closesOnly, now });
  await seedEnsembles(store);
  const adjustment = upload.adjustment ?? reading.adjustment;
  const { stored, notes } = await storeUpload(store, { ...upload, adjustment, bars }, rules);
  return Response.json({
    ...(stored as object),
    ...{ read_as: reading.readAs, rounded: reading.rounded, left_out: reading.leftOut },
    notes: [...reading.notes, ...notes.map(({ message }) => message)].map(asSentence),
  });
}

async function ingestEvents(request: Request, body: string, { store }: Context): Promise<Response> {
  const { csv, symbols, replace } = readUpload(request, {
    json: () => parseJson(jsonEventUploadSchema, body, 'The request body'),
    csv: (query) => ({ ...parse(eventUploadSchema, query, 'The query'), csv: body }),
  });
  const { events, reading } = parseCsvEvents(csv, { symbols });
  const { stored, notes } = await storeEvents(store, events, replace);
  return Response.json({ ...stored, read_as: reading.readAs, left_out: reading.leftOut, notes });
}

/** Claims one job of the queue. The relay waits for its end; who calls by hand is answered at once, and it goes on. */
async function work({ store, keyName, goOn, workerRequest }: Context): Promise<Response> {
  requireCronKey(keyName);
  const began = performance.now();
  const queue = new SupabaseJobQueue(store, workerRequest);
  const job = await queue.claim(['ingest']);
  if (job === null) return idle();
  const fetching = ingestSeries(job, {
    queue,
    ingestionState: (...subject) => readIngestionState(store, ...subject),
    barRules: (symbol) => readBarRules(store, symbol),
    storedBars: async (...around) => (await readStoredBars(store, ...around)).bars,
    provider: (source, subject) => {
      const environment = parseProviderEnvironment((name) => Deno.env.get(name));
      return createProvider(source, { environment, host: providerHost, subject });
    },
    now: () => new Date().toISOString(),
  });
  const done = fetching.then((outcome) => {
    log('ingest', { ...outcome, milliseconds: Math.round(performance.now() - began) });
    return outcome;
  });
  return workerRequest === null ? accepted(job, done, goOn) : Response.json(await done);
}

function contentType(request: Request): string {
  return (request.headers.get('content-type') ?? '').split(';')[0].trim().toLowerCase();
}

/** What is uploaded, by its content type. @param csv takes the query as it is */
function readUpload<Upload>(
  request: Request,
  read: { json(): Upload; csv(query: Record<string, string>): Upload },
): Upload {
  const type = contentType(request);
  if (type === 'application/json') return read.json();
  if (type === 'text/csv') return read.csv(Object.fromEntries(new URL(request.url).searchParams));
  throw new InvalidInputError(
    'unsupported_media_type',
    `Content type "${type}" is not taken; send text/csv or application/json`,
  );
}
