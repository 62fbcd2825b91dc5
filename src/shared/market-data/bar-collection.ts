import { NEW_YORK } from '../calendars/built-in-calendars.ts';
import { newYorkTime } from '../calendars/new-york-time.ts';
import { isSession, sessionClose } from '../calendars/sessions.ts';
import { PROVIDER_NAMES } from '../contracts/market-data.ts';
import { ProviderError } from '../errors/provider-error.ts';
import { halfSessionFrom, halfSessionRule } from '../series/half-sessions.ts';
import { missingBars } from '../series/missing-bars.ts';
import type { Bar, ReceivedTimeframe } from '../series/series.ts';
import type { BarPage, BarProvider, BarQuery, IncompleteBar } from './bar-provider.ts';

/** A bar that the calendar has and the provider did not give. */
export interface BarGap {
  /** The time that the bar would have. */
  readonly time: string;
  readonly reason: 'missing' | 'incomplete';
  readonly message: string;
}

/** All that a provider gave, checked. */
export interface CollectedBars {
  /** Of finished sessions or half sessions, oldest first. */
  readonly bars: readonly Bar[];
  /** Between the first bar and the last one that should be there. */
  readonly gaps: readonly BarGap[];
}

/** Bars of one question as they come, page after page, each checked. */
export class BarCollection implements BarPage {
  /** Of finished sessions or half sessions, oldest first. */
  readonly bars: Bar[] = [];
  readonly incomplete: IncompleteBar[] = [];
  readonly #query: BarQuery;
  readonly #name: string;
  /** Milliseconds since 1970: a bar that ends later is not finished. */
  readonly #settled: number;
  #previous = '';
  #place = 0;

  constructor({ source, settlingMinutes }: BarProvider, query: BarQuery) {
    this.#query = query;
    this.#name = PROVIDER_NAMES[source.provider];
    this.#settled = Date.parse(query.now) - settlingMinutes * 60_000;
  }

  /**
   * Adds a page. Nothing is repaired: one bar that cannot be true refuses all, and the error names its place in the answer. Bars that
   * are not finished yet are left out.
   *
   * @throws ProviderError `provider_bad_answer` for a bar out of order, twice, in the future, on a day without a session, or whose
   *   prices contradict one another
   */
  add({ bars, incomplete }: BarPage): void {
    const { timeframe, from, now } = this.#query;
    for (const bar of bars) {
      const place = ++this.#place;
      const refuse = (rule: string) =>
        new ProviderError(
          'provider_bad_answer',
          `${this.#name}, bar ${place} (${bar.time}): ${rule}`,
          false,
          {
            place,
          },
        );
      const previous = this.#previous;
      if (bar.time === previous) throw refuse('it is there twice');
      if (bar.time < previous) throw refuse(`it comes after ${previous}; bars go from oldest to newest`);
      if (bar.time.slice(0, 10) < from)
        throw refuse(`it lies before ${from}, from where on bars were asked for`);
      this.#previous = bar.time;
      const { start, end } = spanOf(bar.time, timeframe, refuse);
      if (start > Date.parse(now)) throw refuse(`it lies after ${now}`);
      requireConsistent(bar, refuse);
      if (end <= this.#settled) this.bars.push(bar);
    }
    this.incomplete.push(...incomplete);
  }

  /** What was added, once it is all that the provider has. @throws ProviderError `provider_no_bars` */
  finish(): CollectedBars {
    const { symbol, timeframe, from } = this.#query;
    const { bars, incomplete } = this;
    if (bars.length === 0) {
      throw new ProviderError(
        'provider_no_bars',
        `${this.#name} has no finished ${timeframe} bars of ${symbol} from ${from} on` +
          (incomplete.length > 0
            ? `; ${incomplete.length} are incomplete, the first of ${incomplete[0].time}`
            : ''),
        false,
        { symbol, from },
      );
    }
    return { bars, gaps: gapsOf(bars, incomplete, timeframe, this.#settled, this.#name) };
  }
}

/** When the session or half session of a bar begins and ends, in milliseconds since 1970. */
function spanOf(time: string, timeframe: ReceivedTimeframe, refuse: (rule: string) => ProviderError) {
  if (timeframe === '1D') {
    if (!isSession(time, NEW_YORK)) throw refuse('New York has no session on that date');
    return { start: Date.parse(newYorkTime(time, '09:30')), end: Date.parse(sessionClose(time, NEW_YORK)) };
  }
  const half = halfSessionFrom(time);
  if (half === undefined) throw refuse(`no half session starts then: ${halfSessionRule(time)}`);
  return { start: Date.parse(half.start), end: Date.parse(half.end) };
}

function requireConsistent(bar: Bar, refuse: (rule: string) => ProviderError): void {
  const { open, high, low, close, volume } = bar;
  for (const [column, value] of Object.entries({ open, high, low, close })) {
    if (!(value > 0 && value < Number.POSITIVE_INFINITY)) {
      throw refuse(`${column} is ${value}; a price is a number above 0`);
    }
  }
  if (high < low) throw refuse(`high ${high} is below low ${low}`);
  if (open < low || open > high || close < low || close > high) {
    throw refuse(`open ${open} and close ${close} must lie between low ${low} and high ${high}`);
  }
  if (volume !== null && !(volume >= 0 && volume < Number.POSITIVE_INFINITY)) {
    throw refuse(`volume is ${volume}; it is a number of at least 0`);
  }
}

function gapsOf(
  bars: readonly Bar[],
  incomplete: readonly IncompleteBar[],
  timeframe: ReceivedTimeframe,
  settled: number,
  name: string,
): BarGap[] {
  const halves = new Map(incomplete.map(({ time, message }) => [time, message]));
  const until = new Date(settled).toISOString();
  return missingBars(
    bars.map((bar) => bar.time),
    timeframe,
    until,
    NEW_YORK,
  ).map((time) => {
    const message = halves.get(time);
    return message === undefined
      ? { time, reason: 'missing', message: `${name} has no bar of ${time}` }
      : { time, reason: 'incomplete', message };
  });
}
