import { InvalidInputError } from '../errors/invalid-input-error.ts';
import { StoreError } from '../errors/store-error.ts';
import { type BarRules, checkBars } from '../series/check-bars.ts';
import { checkUpload, UPLOAD_MARGIN } from '../series/check-upload.ts';
import type { CovariateMeasure } from '../series/covariate.ts';
import type { DataNote } from '../series/data-finding.ts';
import { type Bar, columnsFromBars, type ReceivedTimeframe } from '../series/series.ts';
import type { PlumblineClient } from './client.ts';
import type { Json } from './database.types.ts';
import { listCalendars } from './list-calendars.ts';
import { readBarRules } from './read-bar-rules.ts';
import { readStoredBars } from './read-stored-bars.ts';
import { unwrap } from './unwrap.ts';

/** Bars that somebody uploads, oldest first, and what `ingest_bars` takes beside them. */
export interface Upload {
  readonly symbol: string;
  readonly timeframe: ReceivedTimeframe;
  readonly provider: string;
  readonly feed: string;
  /** Null: what is stored, or unknown. */
  readonly adjustment: string | null;
  /** Whether the upload is the whole series from now on. */
  readonly replace: boolean;
  /** Name of a calendar; undefined: the symbol's own. */
  readonly calendar?: string;
  /** The symbol is read beside others by this, and not forecast; undefined: what it is. */
  readonly covariate?: CovariateMeasure;
  readonly bars: readonly Bar[];
}

/** `stored_at` of a series without bars: whoever stores its first ones meanwhile is noticed, too. */
const NOTHING_STORED = '-infinity';
/** How often the stored bars are read anew because they were changed by somebody else since. */
const TRIES = 4;

/**
 * Stores an upload that the gate takes together with the stored bars around it.
 *
 * @param rules see {@link readUploadRules}
 * @returns what `ingest_bars` answers, and the gate's notes
 * @throws FitError what the gate refuses; StoreError what `ingest_bars` refuses. Nothing is stored then
 */
export async function storeUpload(
  client: PlumblineClient,
  upload: Upload,
  rules: BarRules,
): Promise<{ readonly stored: Json; readonly notes: readonly DataNote[] }> {
  const { symbol, timeframe, bars, replace } = upload;
  const given = columnsFromBars(symbol, timeframe, bars);
  const span = [bars[0].time, bars[bars.length - 1].time] as const;
  for (let attempt = 1; ; attempt++) {
    const around = await readStoredBars(client, symbol, timeframe, span, UPLOAD_MARGIN);
    // Who replaces a series says that it is whole: what it lacks is told and not refused.
    const notes = replace
      ? checkBars(given, { ...rules, isPart: true }).notes
      : checkUpload(given, around.bars, rules);
    if (upload.covariate !== undefined) await registerCovariate(client, upload.covariate, upload);
    try {
      const stored = unwrap(
        await client.rpc('ingest_bars', {
          ...{ p_symbol: symbol, p_timeframe: timeframe, p_provider: upload.provider, p_feed: upload.feed },
          // The generated types do not know that it may be null.
          p_adjustment: upload.adjustment as string,
          p_bars: bars.map((bar) => [bar.time, bar.open, bar.high, bar.low, bar.close, bar.volume]),
          p_replace: replace,
          ...(upload.calendar !== undefined && { p_calendar: upload.calendar }),
          p_stored_at: around.storedAt ?? NOTHING_STORED,
        }),
      );
      return { stored, notes };
    } catch (error) {
      const changed = error instanceof StoreError && error.code === 'series_changed';
      if (!changed || attempt === TRIES) throw error;
    }
  }
}

async function registerCovariate(
  client: PlumblineClient,
  measure: CovariateMeasure,
  { symbol, calendar }: Upload,
): Promise<void> {
  const name = {
    p_symbol: symbol,
    p_measure: measure,
    ...(calendar !== undefined && { p_calendar: calendar }),
  };
  unwrap(await client.rpc('register_covariate', name));
}

/**
 * What an upload is held against: the symbol's rules, with all calendars that a refusal may name.
 *
 * @param name of the calendar that the upload names; undefined: the symbol's own
 * @param covariate as the upload names it; undefined: what the symbol is
 * @throws StoreError; InvalidInputError `unknown_calendar`
 */
export async function readUploadRules(
  client: PlumblineClient,
  symbol: string,
  name?: string,
  covariate?: CovariateMeasure,
): Promise<BarRules> {
  const [own, known] = await Promise.all([readBarRules(client, symbol), listCalendars(client)]);
  const rules = covariate === undefined ? own : { ...own, closesOnly: covariate === 'level' };
  if (name === undefined) return { ...rules, known };
  const calendar = known.find((one) => one.name === name);
  if (calendar !== undefined) return { ...rules, calendar, known };
  throw new InvalidInputError(
    'unknown_calendar',
    `There is no calendar ${name}: name one of ${known.map((one) => one.name).join(', ')}, or upload it first`,
    { calendar: name },
  );
}
