import { formatDate, parseDate } from '../../calendars/civil-date.ts';
import type { ScheduledEvent } from '../../series/scheduled-event.ts';
import type { Series } from '../../series/series.ts';
import { type BarSession, barSessions, sessionAfter } from './bar-sessions.ts';
import type { EventCategory } from './expected-factor.ts';
import { firstFromWhich } from './first-from-which.ts';
import { knownSince } from './known-since.ts';
import { sessionsBetween } from './sessions-between.ts';

/** A session, and the two before it that had bars: what tells which events move it. */
export interface PlacedSession {
  readonly session: BarSession;
  /** Dates. */
  readonly before: string;
  readonly beforeThat: string;
}

/** An event that moves a bar. */
export interface KnownEffect {
  readonly date: string;
  readonly category: EventCategory;
}

/** An event that has no known date, but came 364 days before, and may move a bar as that one did its own. */
export interface AnticipatedEffect extends KnownEffect {
  /** Of the one before. */
  readonly date: string;
  readonly probability: number;
}

/** What of its symbol's events moves a bar, as far as it is known. */
export interface EventEffects {
  readonly known: readonly KnownEffect[];
  /** Only where nothing is known of the bar: as the session of the announcement, and as the next one. */
  readonly anticipated: readonly AnticipatedEffect[];
}

/** A bar that an event moved. */
export interface AffectedBar {
  readonly bar: number;
  readonly category: EventCategory;
  /** The first bar at whose close both are known: the move and what made it. */
  readonly known: number;
}

/** An event is taken to come again in as many days: on the same day of the week, a year later. */
const YEAR = 364;
/** Calendar days before and after the day of a year later within which an announcement is looked for. */
const EARLIEST = -9;
const LATEST = 12;
/** Calendar days by which two dates differ at most if they are of the same announcement. */
const SAME_EVENT = 30;
/**
 * Share of announcements by how many sessions after the one of a year later they came: of 251 of the six symbols of
 * `expected-factor.ts`, 1994 to 2009.
 */
const SHARES: Readonly<Record<number, number>> = {
  ...{ [-2]: 0.036, [-1]: 0.072, 0: 0.414, 1: 0.12, 2: 0.072, 3: 0.068, 4: 0.048, 5: 0.096 },
};

interface PlacedEvent extends ScheduledEvent {
  /** Days since 1970. */
  readonly day: number;
  /** The first bar at whose close the date is known. */
  readonly since: number;
  /** Whether it was known only when its session had come. */
  readonly isLate: boolean;
}

/** The events of a series, and which of them move a bar. */
export class EventEffectsFinder {
  readonly #series: Series;
  readonly #sessions: readonly BarSession[];
  /** By date. */
  readonly #events: readonly PlacedEvent[];

  constructor(series: Series) {
    this.#series = series;
    const sessions = barSessions(series);
    this.#sessions = sessions;
    const events = (series.events ?? []).toSorted((a, b) => (a.date < b.date ? -1 : Number(a.date > b.date)));
    const since = knownSince(series, events);
    this.#events = events.map((event, e) => {
      const announced = firstFromWhich(sessions.length, (bar) => sessions[bar].date >= event.date);
      const isLate = announced > 0 && since[e] >= announced;
      return { ...event, day: parseDate(event.date), since: since[e], isLate };
    });
  }

  /** Where a bar of the series lies. */
  placeOf(bar: number): PlacedSession {
    return this.#placed(bar, this.#sessions[bar]);
  }

  /**
   * Where the bar after the first `bars` bars is to be expected: by the calendar, for its own time is not known yet.
   */
  placeAfter(bars: number): PlacedSession {
    return this.#placed(bars, sessionAfter(this.#sessions[bars - 1], this.#series));
  }

  /** Where the bar after an expected one is. */
  placeBehind({ session, before, beforeThat }: PlacedSession): PlacedSession {
    const next = sessionAfter(session, this.#series);
    if (next.date === session.date) return { session: next, before, beforeThat };
    return { session: next, before: session.date, beforeThat: before };
  }

  /** @param known a bar: what is known at its close counts */
  effectsOn(place: PlacedSession, known: number): EventEffects {
    const { session, before, beforeThat } = place;
    const effect = ({ date, kind, time }: ScheduledEvent, of: EventCategory['session']): KnownEffect => ({
      ...{ date, category: { kind, time, session: of, position: session.position } },
    });
    const events = this.#events;
    const found: KnownEffect[] = [];
    const from = firstFromWhich(events.length, (e) => events[e].date > beforeThat);
    for (let e = from; e < events.length && events[e].date <= session.date; e++) {
      if (events[e].since > known) continue;
      found.push(effect(events[e], events[e].date > before ? 'announcement' : 'reaction'));
    }
    const anticipated = found.length > 0 ? null : this.#anticipated(session.date, known);
    if (anticipated === null) return { known: found, anticipated: [] };
    const { event, sessions } = anticipated;
    return {
      known: [],
      anticipated: [
        { ...effect(event, 'announcement'), probability: SHARES[sessions] ?? 0 },
        { ...effect(event, 'reaction'), probability: SHARES[sessions - 1] ?? 0 },
      ],
    };
  }

  /** Of every event the bars that it moves. */
  affectedBars(): AffectedBar[] {
    const sessions = this.#sessions;
    return this.#events.flatMap(({ kind, time, date, since }) => {
      const announced = firstFromWhich(sessions.length, (bar) => sessions[bar].date >= date);
      // What comes before the first bar may have moved it, or not.
      if (announced === 0) return [];
      const affected: AffectedBar[] = [];
      let session: EventCategory['session'] = 'announcement';
      for (let bar = announced; bar < sessions.length; bar++) {
        if (bar > announced && sessions[bar].date !== sessions[bar - 1].date) {
          if (session === 'reaction') break;
          session = 'reaction';
        }
        const category = { kind, time, session, position: sessions[bar].position };
        affected.push({ bar, category, known: Math.max(bar, since) });
      }
      return affected;
    });
  }

  #placed(bar: number, session: BarSession): PlacedSession {
    const lastBefore = (date: string) => {
      let place = bar - 1;
      while (place >= 0 && this.#sessions[place].date >= date) place--;
      return place < 0 ? formatDate(parseDate(date) - 1) : this.#sessions[place].date;
    };
    const before = lastBefore(session.date);
    return { session, before, beforeThat: lastBefore(before) };
  }

  /**
   * The announcement of earnings that may come about a date, though nobody has said so, and how many sessions before
   * the date it is due.
   */
  #anticipated(
    date: string,
    known: number,
  ): { readonly event: PlacedEvent; readonly sessions: number } | null {
    const day = parseDate(date);
    const events = this.#events;
    let found: { readonly event: PlacedEvent; readonly sessions: number } | null = null;
    const from = firstFromWhich(events.length, (e) => events[e].day >= day - YEAR - LATEST);
    for (let e = from; e < events.length && events[e].day <= day - YEAR - EARLIEST; e++) {
      const event = events[e];
      if (event.kind !== 'earnings' || event.since > known || !this.#isUntold(event, day, known)) continue;
      const sessions = sessionsBetween(event.day + YEAR, date, this.#series.calendar);
      const probability = (SHARES[sessions] ?? 0) + (SHARES[sessions - 1] ?? 0);
      if (probability === 0) continue;
      if (found === null || (SHARES[sessions] ?? 0) > (SHARES[found.sessions] ?? 0))
        found = { event, sessions };
    }
    return found;
  }

  /**
   * Whether an event may come again a year later without being known: no date near it is known, and dates are not
   * known in time, as the last one was not, or one due since then has not been told.
   */
  #isUntold({ kind, day }: PlacedEvent, until: number, known: number): boolean {
    const due = day + YEAR;
    let last: PlacedEvent | undefined;
    for (const event of this.#events) {
      if (event.kind !== kind || event.since > known) continue;
      if (Math.abs(event.day - due) <= SAME_EVENT) return false;
      if (event.day < due) last = event;
    }
    if (last === undefined || last.isLate) return last !== undefined;
    return this.#events.some(
      (event) =>
        event.kind === kind &&
        event.since <= known &&
        event.day + YEAR > last.day + SAME_EVENT &&
        event.day + YEAR + LATEST < until,
    );
  }
}
