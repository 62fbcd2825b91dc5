import { NEW_YORK } from '../../../src/shared/calendars/built-in-calendars.ts';
import { isSession, nextSession } from '../../../src/shared/calendars/sessions.ts';
import { halfSessions } from '../../../src/shared/series/half-sessions.ts';
import type { PlainBar } from '../../support/provider-server.ts';

function barAt(time: string, i: number): PlainBar {
  // No two bars alike, and opens nearer to the close before than a day away from it.
  const close = 100 + ((i * 7) % 11) + i / 64;
  return { time, open: close + 1, high: close + 2, low: close - 3, close, volume: 1000 + i };
}

/** Daily bars of consecutive sessions, the first one included. */
export function dailyBars(first: string, count: number): PlainBar[] {
  const bars: PlainBar[] = [];
  let date = isSession(first, NEW_YORK) ? first : nextSession(first, NEW_YORK);
  for (; bars.length < count; date = nextSession(date, NEW_YORK)) bars.push(barAt(date, bars.length));
  return bars;
}

/** Bars of the half hours of consecutive sessions, with one before and one after regular hours on each. */
export function halfHourBars(first: string, sessions: number): PlainBar[] {
  const times: string[] = [];
  let date = first;
  for (let i = 0; i < sessions; i++, date = nextSession(date, NEW_YORK)) {
    const halves = halfSessions(date);
    const open = Date.parse(halves[0].start);
    const close = Date.parse(halves[halves.length - 1].end);
    for (let at = open - 1_800_000; at <= close; at += 1_800_000) {
      times.push(new Date(at).toISOString().replace('.000', ''));
    }
  }
  return times.map(barAt);
}
