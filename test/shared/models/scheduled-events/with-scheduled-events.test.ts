import { describe, expect, it } from 'vitest';
import { scoreBenchmark } from '../../../../src/shared/evaluation/benchmarks.ts';
import { ewma } from '../../../../src/shared/models/benchmarks/ewma.ts';
import { fhs } from '../../../../src/shared/models/benchmarks/fhs.ts';
import {
  type FittedForecaster,
  type Forecaster,
  unlimitedBudget,
} from '../../../../src/shared/models/forecaster.ts';
import { lstm } from '../../../../src/shared/models/lstm/lstm.ts';
import { withScheduledEvents } from '../../../../src/shared/models/scheduled-events/with-scheduled-events.ts';
import { COVERAGE_LEVELS } from '../../../../src/shared/scores/coverage.ts';
import { logReturns } from '../../../../src/shared/series/log-returns.ts';
import { type Series, sliceSeries } from '../../../../src/shared/series/series.ts';
import { withEvents } from '../../../../src/shared/series/with-events.ts';
import { describeForecasterConformance } from '../conformance.ts';
import { copySeries } from '../simulated-series.ts';
import {
  daysAfter,
  EVENT_EVERY,
  eventOn,
  REACTION,
  simulatedEvents,
  simulatedSessions,
} from './simulated-events.ts';

const small = [{ hiddenUnits: 4, lookback: 10, learningRate: 0.01, dropout: 0.2, epochs: 2, batchSize: 32 }];
for (const [forecaster, hyperparameters] of [
  [lstm, small],
  [fhs, fhs.grid],
] as const) {
  describeForecasterConformance(withScheduledEvents(forecaster), {
    hyperparameters,
    simulate: simulatedEvents,
  });
}

const layered = withScheduledEvents(ewma);

function fitOn(forecaster: Forecaster, series: Series): FittedForecaster {
  const fitting = forecaster.fit(series, forecaster.grid[0], { seed: 1 });
  fitting.step(unlimitedBudget);
  return fitting.result();
}

const BARS = 700;
const series = simulatedEvents(3, BARS);
/** A bar on whose evening an announcement comes. */
const announced = 40 + 9 * EVENT_EVERY;
const fitted = fitOn(layered, sliceSeries(series, 0, 600));

describe('a forecaster with scheduled events', () => {
  it('covers the moves of events as often as others, where the same one without them does not', () => {
    const whole = simulatedEvents(5, 2400);
    const covered = (forecaster: Forecaster) => {
      const { covered: byLevel } = scoreBenchmark(forecaster, whole, 600, 600, 2400);
      const ninety = byLevel[COVERAGE_LEVELS.indexOf(0.9)];
      const hits = Array.from(ninety).filter((_, i) => (600 + i - 1) % EVENT_EVERY === 40);
      return {
        all: ninety.reduce((sum, hit) => sum + hit, 0) / ninety.length,
        events: hits.reduce((sum, hit) => sum + hit, 0) / hits.length,
      };
    };
    expect(covered(fhs).events).toBeLessThan(0.5);
    const knowing = covered(withScheduledEvents(fhs));
    expect(knowing.events).toBeGreaterThan(0.8);
    expect(knowing.all).toBeGreaterThan(0.88);
    expect(knowing.all).toBeLessThan(0.92);
  });

  it('widens the forecast of the session after an announcement by about what past ones moved more', () => {
    const known = sliceSeries(series, 0, announced + 1);
    const without = fitted.predict(
      withEvents(
        known,
        (known.events ?? []).filter(({ date }) => date !== series.times[announced]),
      ),
    );
    const ratio = fitted.predict(known).scale / without.scale;
    expect(ratio).toBeGreaterThan(0.75 * REACTION);
    expect(ratio).toBeLessThan(1.25 * REACTION);
  });

  it('passes series without events through: same artifact, same forecasts, to the bit', () => {
    for (const events of [undefined, []]) {
      const plain: Series = { ...simulatedSessions(2, 400), events };
      const inner = fitOn(ewma, plain);
      const outer = fitOn(layered, plain);
      expect(JSON.stringify(outer.toJSON())).toBe(JSON.stringify(inner.toJSON()));
      expect(outer.predict(plain, 5)).toEqual(inner.predict(plain, 5));
      expect(outer.predictRange(plain, 350, 400)).toEqual(inner.predictRange(plain, 350, 400));
    }
  });

  it('does so where all events lie long before the series, or are not known by its end', () => {
    const plain = simulatedSessions(2, 400);
    const last = plain.times[399];
    const none = fitOn(ewma, plain).predict(plain, 5);
    for (const events of [
      [eventOn('1990-01-05'), eventOn('1995-06-01')],
      [eventOn(daysAfter(last, 60))],
      [eventOn(daysAfter(last, 3), { knownAt: `${daysAfter(last, 1)}T12:00:00Z` })],
    ]) {
      const with_ = withEvents(plain, events);
      expect(fitOn(layered, with_).predict(with_, 5)).toEqual(none);
    }
  });

  it('is restored to the bit, from an artifact of the member itself', () => {
    const restored = layered.restore(JSON.parse(JSON.stringify(fitted.toJSON())));
    expect(restored.predict(series, 5)).toEqual(fitted.predict(series, 5));
    expect(ewma.restore(fitted.toJSON()).name).toBe(ewma.name);
  });

  it('sees no event that is not known when the forecast is made', () => {
    const at = announced - 5;
    const known = sliceSeries(series, 0, at);
    const expected = fitted.predict(known, 20);
    const later = (knownAt: string) =>
      withEvents(known, [...(known.events ?? []), eventOn(series.times[at], { knownAt })]);
    // The close is at 21:00 in UTC, or at 20:00 in summer.
    const last = known.times[at - 1];
    expect(fitted.predict(later(`${last}T21:30:00Z`), 20)).toEqual(expected);
    expect(fitted.predict(later(`${last}T19:30:00Z`), 20)).not.toEqual(expected);
    const early = known.events!.filter(({ date }) => date <= last);
    expect(fitted.predict(withEvents(known, early), 20)).toEqual(expected);
  });

  it('does not let a later bar, a later event or what becomes known later change a forecast', () => {
    const at = announced + 1;
    const expected = fitted.predictRange(series, at - 3, at + 1);
    const changed = copySeries(series);
    for (const column of [changed.open, changed.high, changed.low, changed.close])
      for (let bar = at; bar < BARS; bar++) column[bar] *= bar % 2 === 0 ? 3 : 1 / 3;
    const events = [
      ...series.events!.filter(({ date }) => date <= series.times[at - 1]),
      eventOn(series.times[at + 1]),
      eventOn(series.times[at - 100], { knownAt: `${series.times[at]}T12:00:00Z` }),
    ];
    expect(fitted.predictRange(withEvents(changed, events), at - 3, at + 1)).toEqual(expected);
  });

  it('learns from an event that became known after it had come, from then on', () => {
    const late = (knownAt: string) =>
      withEvents(
        series,
        series.events!.map((event) => ({
          ...event,
          knownAt: event.date < series.times[500] ? knownAt : null,
        })),
      );
    const at = announced + 1;
    const scale = (of: Series) => fitted.predictRange(of, at, at + 1)[0].scale;
    // The same bars are divided by nothing in both: only what is learned differs.
    const known = scale(late(`${series.times[510]}T12:00:00Z`));
    const unknown = scale(late(`${series.times[BARS - 1]}T12:00:00Z`));
    expect(known).not.toBe(unknown);
  });

  it('takes the next session for an event on a day without one', () => {
    // 2012-07-03 is followed by Independence Day.
    const holiday = simulatedSessions(4, 700);
    const before = holiday.times.indexOf('2012-07-03');
    const known = sliceSeries(holiday, 0, before + 1);
    const on = (date: string) => fitted.predict(withEvents(known, [eventOn(date, { time: 'before' })]));
    expect(on('2012-07-04')).toEqual(on('2012-07-05'));
    expect(on('2012-07-04').scale).toBeGreaterThan(2 * fitted.predict(known).scale);
    const friday = sliceSeries(holiday, 0, holiday.times.indexOf('2012-07-13') + 1);
    const overWeekend = (date: string) =>
      fitted.predict(withEvents(friday, [eventOn(date, { time: 'before' })]));
    expect(overWeekend('2012-07-14')).toEqual(overWeekend('2012-07-16'));
  });

  it('counts two events that meet, or the same one twice, as the larger', () => {
    const known = sliceSeries(simulatedSessions(4, 700), 0, 601);
    const [before, last] = known.times.slice(-2);
    const scale = (...events: Parameters<typeof eventOn>[]) =>
      fitted.predict(
        withEvents(
          known,
          events.map((event) => eventOn(...event)),
        ),
      ).scale;
    const reaction = scale([last]);
    expect(scale([last], [last])).toBe(reaction);
    expect(scale([last], [last, { kind: 'index_change' }])).toBe(reaction);
    const earlier = [before, { time: 'before' }] as const;
    const next = [daysAfter(last, 1), { time: 'before' }] as const;
    expect(scale([...earlier], [...next]) / scale([...earlier])).toBeGreaterThan(2);
  });

  it('multiplies each step by its own session: 20 steps with an announcement are less enlarged than one', () => {
    const known = sliceSeries(series, 0, announced + 1);
    const without = withEvents(
      known,
      known.events!.filter(({ date }) => date !== series.times[announced]),
    );
    const ratio = (steps: number) =>
      fitted.predict(known, steps).scale / fitted.predict(without, steps).scale;
    expect(ratio(1)).toBeGreaterThan(2.5);
    expect(ratio(20)).toBeCloseTo(Math.sqrt((ratio(1) ** 2 + 19) / 20), 2);
  });

  it('gives a companion its own events', () => {
    const companion = simulatedEvents(8, 600);
    const seen: Series[] = [];
    const spy: Forecaster = {
      ...ewma,
      fit(own, hyperparameters, options) {
        seen.push(...(options.companions ?? []));
        return ewma.fit(own, hyperparameters, options);
      },
    };
    withScheduledEvents(spy).fit(simulatedSessions(1, 600), ewma.grid[0], {
      seed: 1,
      companions: [companion, simulatedSessions(2, 600)],
    });
    const reactions = (of: Series) =>
      logReturns(of.close).reduce((sum, value, i) => sum + (i % EVENT_EVERY === 40 ? Math.abs(value) : 0), 0);
    expect(reactions(seen[0])).toBeLessThan(0.5 * reactions(companion));
    expect(seen[1]).toEqual(simulatedSessions(2, 600));
  });
});

describe('an event that has no known date, but came 364 days before', () => {
  // Known the evening before until the middle of 2012, and no more from then on.
  const told = sliceSeries(series, 0, 640);
  const untold = withEvents(
    told,
    series.events!.filter(({ date }) => date < '2011-09-01'),
  );
  const layeredFit = fitOn(layered, sliceSeries(untold, 0, 600));
  const scaleAt = (of: Series, bar: number) => layeredFit.predictRange(of, bar, bar + 1)[0];
  const due = (after: number) =>
    untold.times.findIndex((time) => time >= daysAfter(untold.events![after].date, 364));

  it('makes the forecast of its session a mixture: wider far out, hardly so in the middle', () => {
    // The first that was not told is due after the last that was; the one after it is anticipated.
    const places = untold
      .events!.map((_, e) => due(e))
      .filter((bar) => bar > 0 && untold.times[bar] > daysAfter('2011-09-01', 130));
    expect(places.length).toBeGreaterThan(0);
    for (const bar of places) {
      const mixture = scaleAt(untold, bar + 1);
      const plain = scaleAt(withEvents(untold, untold.events!.slice(-1)), bar + 1);
      const ratios = mixture.quantiles.map(
        (quantile, i) => (quantile - mixture.mean) / (plain.quantiles[i] - plain.mean),
      );
      expect(ratios[3]).toBeGreaterThan(1.5 * ratios[49]);
      expect(mixture.scale).toBeGreaterThan(1.3 * plain.scale);
    }
  });

  it('does not where dates are told in time, nor where one near is known', () => {
    const bar = due(untold.events!.length - 2);
    expect(bar).toBeGreaterThan(600);
    const near = eventOn(told.times[bar + 8], { knownAt: `${told.times[bar - 20]}T12:00:00Z` });
    const known = withEvents(told, [...untold.events!, near]);
    const ofAnother = withEvents(told, untold.events!.slice(-1));
    expect(scaleAt(untold, bar + 1).scale / scaleAt(ofAnother, bar + 1).scale).toBeGreaterThan(1.3);
    expect(scaleAt(known, bar + 1).scale / scaleAt(ofAnother, bar + 1).scale).toBeLessThan(1.2);
  });
});
