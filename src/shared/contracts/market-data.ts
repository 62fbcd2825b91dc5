import { z } from 'zod';
import { receivedTimeframeSchema } from './ingest-request.ts';
import { symbolSchema } from './names.ts';

// Shapes of providers' answers. They are read loosely where a field is not used: providers add fields.

const price = z.number('a price is a number above 0').positive('a price is a number above 0');
const VOLUME_RULE = 'a volume is a number of at least 0, or null';
const volume = z.number(VOLUME_RULE).min(0, VOLUME_RULE).nullable();
const instant = z
  .string()
  .regex(
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.0+)?(Z|\+00:00)$/,
    'a time is an instant YYYY-MM-DDTHH:MM:SSZ',
  );

/** An answer of Alpaca's `GET /v2/stocks/{symbol}/bars`. `bars` is null where there are none. */
export const alpacaBarsSchema = z.object({
  symbol: z.string(),
  bars: z
    .array(z.object({ t: instant, o: price, h: price, l: price, c: price, v: volume }))
    .nullable()
    .default(null),
  next_page_token: z.string().min(1).nullable().default(null),
});

export type AlpacaPage = z.infer<typeof alpacaBarsSchema>;

/** An answer of Tiingo's `GET /tiingo/daily/{ticker}/prices` with the prices as they were traded. */
export const tiingoRawPricesSchema = z.array(
  z.object({ date: instant, open: price, high: price, low: price, close: price, volume }),
);

/** The same with the prices adjusted for splits and dividends. */
export const tiingoAdjustedPricesSchema = z.array(
  z.object({
    ...{ date: instant, adjOpen: price, adjHigh: price, adjLow: price, adjClose: price, adjVolume: volume },
  }),
);

/** Where bars come from and what they are; the same for all bars of a series. */
export const barSourceSchema = z.discriminatedUnion('provider', [
  z.object({
    provider: z.literal('alpaca'),
    feed: z.enum(['iex', 'sip']),
    adjustment: z.enum(['raw', 'split', 'dividend', 'all']),
  }),
  z.object({
    provider: z.literal('tiingo'),
    feed: z.literal('eod'),
    adjustment: z.enum(['raw', 'all']),
  }),
  z.object({
    provider: z.literal('cboe'),
    feed: z.literal('eod'),
    adjustment: z.literal('raw'),
  }),
]);
export type BarSource = z.infer<typeof barSourceSchema>;

/** Names of the providers for people. */
export const PROVIDER_NAMES: Readonly<Record<BarSource['provider'], string>> = {
  alpaca: 'Alpaca',
  tiingo: 'Tiingo',
  cboe: 'Cboe',
};

/** The payload of an ingest job: whose bars, from where, and where a new history begins (null: ten years ago). */
export const ingestPayloadSchema = z.object({
  symbol: symbolSchema,
  timeframe: receivedTimeframeSchema,
  source: barSourceSchema,
  first_date: z.iso.date().nullable(),
});

/** What the SQL function `ingestion_state` answers. */
export const ingestionStateSchema = z.object({
  stored: z.int().nonnegative(),
  source: z.object({ provider: z.string(), feed: z.string(), adjustment: z.string() }).nullable(),
  first: z.iso.date().nullable(),
  overlap: z.array(z.string()),
});
export type IngestionState = z.infer<typeof ingestionStateSchema>;

/** What an ingest job that is not done has fetched: a checkpoint's state. */
export const fetchedPagesSchema = z.object({
  /** Of finished pages, oldest first. */
  bars: z
    .array(
      z.object({
        time: z.string(),
        open: price,
        high: price,
        low: price,
        close: price,
        volume,
      }),
    )
    .min(1),
  /** Bars of these pages that could not be given whole. */
  incomplete: z.array(z.object({ time: z.string(), message: z.string() })),
  /** How often the fetch began anew because history was restated. */
  restarts: z.int().nonnegative(),
});
export type FetchedPages = z.infer<typeof fetchedPagesSchema>;
