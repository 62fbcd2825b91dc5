import { describe, expect, it } from 'vitest';
import type { ScheduledEvent } from '../../../src/shared/series/scheduled-event.ts';
import { sliceSeries } from '../../../src/shared/series/series.ts';
import { withEvents } from '../../../src/shared/series/with-events.ts';
import { synthesise } from '../../../src/shared/synthesis/synthesise.ts';
import { eventOn, simulatedEvents, simulatedSessions } from '../models/scheduled-events/simulated-events.ts';
import { calm, ensembleOf } from './simulated-forecast.ts';

const sessions = simulatedSessions(3, 300);
const [last] = sessions.times.slice(-1);

function remarks(events: readonly ScheduledEvent[], series = sessions) {
  const history = withEvents(series, events);
  const ensemble = ensembleOf([{ name: 'LSTM', weight: 1, mean: 0, scale: 0.01 }], { series: history });
  const { drivers, qualityNotes } = synthesise(ensemble.predict(history), ensemble, history, '1D', {
    ...calm,
    now: `${last}T22:00:00Z`,
  });
  const of = (all: readonly { readonly code: string }[]) => all.filter(({ code }) => code === 'event');
  return { note: of(qualityNotes), driver: of(drivers) };
}

describe('a forecast before an event', () => {
  it('says of the session of an announcement that it is due, and how much wider the interval is', () => {
    // 300 sessions after the beginning of 2010.
    expect(last).toBe('2011-03-11');
    const { note, driver } = remarks([eventOn('2011-03-13', { time: null })]);
    expect(note).toEqual([
      {
        code: 'event',
        sentence: 'Earnings are due on this session (2011-03-13): the interval is 1.4 times as wide.',
        figures: {
          kind: 'earnings',
          date: '2011-03-13',
          session: 'announcement',
          probability: 1,
          factor: 1.4,
        },
      },
    ]);
    expect(driver).toMatchObject([
      {
        sentence:
          'The session of earnings is taken to move 1.4 times as far as usual, as is expected of it before any was seen.',
        figures: { factor: 1.4, expected: 1.4, own_moves: 0 },
      },
    ]);
  });

  it('says of the session after one that it moves it, and what that is learned from', () => {
    const whole = simulatedEvents(3, 500);
    const at = whole.events!.findIndex(({ date }) => date > whole.times[400]);
    const bar = whole.times.indexOf(whole.events![at].date);
    const series = sliceSeries(whole, 0, bar + 1);
    const { note, driver } = remarks(whole.events!, series);
    expect(note).toMatchObject([
      { figures: { session: 'reaction', date: series.times[bar], probability: 1 } },
    ]);
    expect(note[0]).toMatchObject({
      sentence: expect.stringContaining(`Earnings on ${series.times[bar]} move this session`),
    });
    expect(driver).toMatchObject([{ figures: { own_moves: at, expected: 4.1 } }]);
    expect(driver[0]).toMatchObject({
      sentence: expect.stringContaining(`by the last ${at} of the symbol and the 4.1`),
    });
  });

  it('names another kind, and the larger of two', () => {
    const meeting = eventOn('2011-03-14', { kind: 'meeting', time: null });
    expect(remarks([meeting]).note).toMatchObject([
      {
        sentence:
          'An event of the kind meeting is due on this session (2011-03-14): the interval is 1.0 times as wide.',
      },
    ]);
    expect(remarks([meeting, eventOn(last)]).note).toMatchObject([
      { figures: { kind: 'earnings', session: 'reaction' } },
    ]);
  });

  it('says where no date is known that one may come, and with what probability', () => {
    // Known too late once, so that dates are not told in time.
    const lastYear = eventOn('2010-03-15', { knownAt: '2010-03-20T00:00:00Z', time: null });
    const { note } = remarks([lastYear]);
    expect(note).toMatchObject([
      { figures: { date: '2010-03-15', session: 'announcement', probability: 0.486 } },
    ]);
    expect(note[0]).toMatchObject({
      sentence: expect.stringMatching(
        /^No date is known, but 364 days after the last year's, 2010-03-15, earnings may move this session \(49 %\)/,
      ),
    });
  });

  it('says nothing of events that move no bar ahead, or are not known', () => {
    for (const events of [
      [],
      [eventOn('2011-02-01')],
      [eventOn('2011-03-15')],
      [eventOn('2011-03-14', { knownAt: `${last}T22:00:00Z` })],
    ])
      expect(remarks(events)).toEqual({ note: [], driver: [] });
  });
});
