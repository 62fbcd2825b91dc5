import { describe, expect, it } from 'vitest';
import { BENCHMARKS, scoreBenchmark } from '../../../src/shared/evaluation/benchmarks.ts';
import { type EventSpan, fittedEvents, withStoredEvents } from '../../../src/shared/jobs/events-beside.ts';
import type { ScheduledEvent } from '../../../src/shared/series/scheduled-event.ts';
import { sliceSeries } from '../../../src/shared/series/series.ts';
import { withEvents } from '../../../src/shared/series/with-events.ts';
import { eventOn } from '../models/scheduled-events/simulated-events.ts';
import { simulatedSeries } from '../models/simulated-series.ts';

const series = simulatedSeries(5, 1900);
/** Every 63 bars, from the first bar of the series to its last. */
const events = series.times.filter((_, bar) => bar % 63 === 20).map((date) => eventOn(date));
const asStored = (all: readonly ScheduledEvent[]) => ({
  readEvents: async (_: readonly string[], { from, until, knownBy }: EventSpan) =>
    new Map([
      [
        series.symbol,
        all.filter(
          ({ date, knownAt }) => date >= from && date <= until && (knownAt === null || knownAt <= knownBy),
        ),
      ],
    ]),
});

describe('the events that a job reads', () => {
  it('are all that its forecasts depend on: with those of all years they are the same', async () => {
    const window = sliceSeries(series, 1000, 1400);
    const [read] = await withStoredEvents([window], asStored(events));
    expect(read.events!.length).toBeLessThan(events.length);
    const score = (one: typeof window) => scoreBenchmark(BENCHMARKS.eventFhs, one, 300, 300, 400);
    expect(score(read)).toEqual(score(withEvents(window, events)));
    expect(score(read)).not.toEqual(score(window));
  });

  it('leave a series without any as it is', async () => {
    expect(await withStoredEvents([series], asStored([]))).toEqual([series]);
    expect((await withStoredEvents([series], asStored([])))[0]).toBe(series);
    expect(fittedEvents(series, 1899)).toBeNull();
  });
});
