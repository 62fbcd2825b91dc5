import { newYorkTime } from '../calendars/new-york-time.ts';
import { isSession, sessionClose } from '../calendars/sessions.ts';
import { PROVIDER_NAMES } from '../contracts/market-data.ts';
import { ProviderError } from '../errors/provider-error.ts';
import { checkBar } from '../series/check-bar.ts';
import { closeOfBar } from '../series/closes-only.ts';
import { halfSessionFrom, halfSessionRule } from '../series/half-sessions.ts';
import { missingBars } from '../series/missing-bars.ts';
import type { Bar } from '../series/series.ts';
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
  /** Bars with a price that lay outside of its bar by rounding and was moved. */
  readonly rounded: number;
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
  #rounded = 0;

  constructor({ source, settlingMinutes }: BarProvider, query: BarQuery) {
    this.#query = query;
    this.#name = PROVIDER_NAMES[source.provider];
    this.#settled = Date.parse(query.now) - settlingMinutes * 60_000;
  }

  /**
   * Adds a page. But for rounding nothing is repaired: one bar that cannot be true refuses all, and the error names its time. Bars that
   * are not finished yet are left out.
   *
   * @throws ProviderError `provider_bad_answer` for a bar out of order, twice, in the future, on a day without a session, or whose
   *   prices contradict one another
   */
  add({ bars, incomplete }: BarPage): void {
    const { from, now } = this.#query;
    for (const given of bars) {
      const { time } = given;
      const refuse = (rule: string) =>
        new ProviderError('provider_bad_answer', `${this.#name}, bar of ${time}: ${rule}`, false, { time });
      const previous = this.#previous;
      if (time === previous) throw refuse('it is there twice');
      if (time < previous) throw refuse(`it comes after ${previous}; bars go from oldest to newest`);
      if (time.slice(0, 10) < from) throw refuse(`it lies before ${from}, from where on bars were asked for`);
      this.#previous = time;
      const { start, end } = spanOf(time, this.#query, refuse);
      if (start > Date.parse(now)) throw refuse(`it lies after ${now}`);
      const checked = checkBar(this.#query.closesOnly ? closeOfBar(given) : given);
      if (checked.fault !== undefined) throw refuse(`${checked.fault.what}; ${checked.fault.rule}`);
      if (end > this.#settled) continue;
      if (checked.rounded) this.#rounded++;
      this.bars.push(checked.bar);
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
    return { bars, gaps: gapsOf(this, this.#query, this.#settled, this.#name), rounded: this.#rounded };
  }
}

/** When the session or half session of a bar begins and ends, in milliseconds since 1970. */
function spanOf(time: string, { timeframe, calendar }: BarQuery, refuse: (rule: string) => ProviderError) {
  if (timeframe === '1D') {
    if (!isSession(time, calendar)) throw refuse(`${calendar.name} has no session on that date`);
    const start = calendar.rule === 'new_york' ? newYorkTime(time, '09:30') : time;
    return { start: Date.parse(start), end: Date.parse(sessionClose(time, calendar)) };
  }
  const half = halfSessionFrom(time, calendar);
  if (half === undefined) throw refuse(`no half session starts then: ${halfSessionRule(time)}`);
  return { start: Date.parse(half.start), end: Date.parse(half.end) };
}

function gapsOf(
  { bars, incomplete }: BarPage,
  { timeframe, calendar }: BarQuery,
  settled: number,
  name: string,
): BarGap[] {
  const halves = new Map(incomplete.map(({ time, message }) => [time, message]));
  const times = bars.map((bar) => bar.time);
  return missingBars(times, timeframe, new Date(settled).toISOString(), calendar).map((time) => {
    const message = halves.get(time);
    return message === undefined
      ? { time, reason: 'missing', message: `${name} has no bar of ${time}` }
      : { time, reason: 'incomplete', message };
  });
}
