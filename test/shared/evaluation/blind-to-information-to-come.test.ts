import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeFit } from '../../../src/shared/divergence/judge-fit.ts';
import type { EnsembleConfiguration } from '../../../src/shared/ensemble/ensemble-configuration.ts';
import { windowValidation } from '../../../src/shared/evaluation/window-validation.ts';
import { unlimitedBudget } from '../../../src/shared/models/forecaster.ts';
import { scoreFurtherBenchmarks } from '../../../src/shared/report/report-benchmarks.ts';
import { type ScoredForecasts, sliceForecasts } from '../../../src/shared/scores/scored-forecasts.ts';
import { barClose } from '../../../src/shared/series/bar-close.ts';
import type { ScheduledEvent } from '../../../src/shared/series/scheduled-event.ts';
import { type Series, sliceSeries } from '../../../src/shared/series/series.ts';
import { withEvents } from '../../../src/shared/series/with-events.ts';
import { eventOn, simulatedEvents } from '../models/scheduled-events/simulated-events.ts';
import { anyPerturbation, perturb } from './perturbations.ts';
import { smallConfiguration } from './small-window.ts';

const TRAIN = 280;
const FIT = 330;
const END = 370;
const REFIT_EVERY = 15;
const window = { windowId: 369, trainFrom: 0, validationFrom: TRAIN, testFrom: FIT, end: END };

/** Announcements at bars 40, 103, ..., 292 and 355; of the last but one people knew ten bars before. */
const series = informed(simulatedEvents(4, END));

function informed(bars: Series): Series {
  const events = bars.events!.map((event, e) => {
    return e === 4 ? { ...event, knownAt: barClose(bars, 282) } : event;
  });
  const level = bars.close.map((_, i) => 20 * (1 + 0.3 * Math.sin(i) + 20 * Math.abs(ahead(bars, i))));
  const range = level.map((value) => (0.0005 * value) ** 2);
  return {
    ...withEvents(bars, events),
    covariates: [
      { symbol: 'VIX', measure: 'level', values: level },
      { symbol: 'SPY', measure: 'range', values: range },
    ],
  };
}

/** The next bar's return, so that covariates are worth reading. */
function ahead({ close }: Series, bar: number): number {
  return bar + 1 < close.length ? Math.log(close[bar + 1] / close[bar]) : 0;
}

const configuration: EnsembleConfiguration = {
  ...smallConfiguration,
  ensemble: 'baseline',
  weights: { LSTM: 0.4, ARIMA_GARCH: 0.4, GB: 0.2 },
  refitEvery: REFIT_EVERY,
  grids: {
    LSTM: [{ ...smallConfiguration.grids!.LSTM![1], epochs: 6 }],
    ARIMA_GARCH: smallConfiguration.grids!.ARIMA_GARCH,
    GB: [{ trees: 8, depth: 2, learningRate: 0.1, meanTrees: 4 }],
  },
};

function validated(bars: Series) {
  const validation = windowValidation({ judgeFit, series: bars, window, configuration });
  validation.step(unlimitedBudget);
  return { result: validation.result(), further: scoreFurtherBenchmarks(bars, window) };
}

/** Covariates from a bar on are other ones, or missing. */
function withOtherCovariates(bars: Series, bar: number, factor: number): Series {
  return {
    ...bars,
    covariates: bars.covariates!.map((one) => ({
      ...one,
      values: one.values.map((value, i) => (i < bar ? value : value * factor)),
    })),
  };
}

/** What nobody knew when bar `bar` was forecast is different. */
function withOtherEvents(bars: Series, bar: number, added: readonly ScheduledEvent[]): Series {
  const kept = bars.events!.filter(({ date, knownAt }) =>
    knownAt === null ? date <= bars.times[bar] : Date.parse(knownAt) <= Date.parse(barClose(bars, bar - 1)),
  );
  return withEvents(bars, [...kept, ...added]);
}

/** Of the first bars what was forecast and how it scored; of the last of them, whose outcome is to come, the forecast. */
function knownOf(scored: ScoredForecasts, bars: number) {
  const { mean, scale } = sliceForecasts(scored, 0, bars);
  return { mean, scale, scores: sliceForecasts(scored, 0, bars - 1) };
}

const forecasts = ({ result: { test }, further }: ReturnType<typeof validated>) => [
  ...[...Object.values(test.combinations), ...Object.values(test.members)],
  ...[test.noChange, test.fhs, test.eventFhs!, ...Object.values(further).filter((one) => one !== null)],
];

const expected = validated(series);

function expectSame(changed: Series, bar: number): void {
  const found = validated(changed);
  const bars = bar - FIT + 1;
  expect(found.result.hyperparameters).toEqual(expected.result.hyperparameters);
  expect(found.result.calibration.decided).toEqual(expected.result.calibration.decided);
  expect(found.result.scored.train).toEqual(expected.result.scored.train);
  expect(found.result.scored.validation).toEqual(expected.result.scored.validation);
  expect(forecasts(found).map((one) => knownOf(one, bars))).toEqual(
    forecasts(expected).map((one) => knownOf(one, bars)),
  );
}

const bar = fc.integer({ min: FIT, max: END - 2 });

describe('no forecast made before it, and nothing chosen, changes with', () => {
  it('a bar, of a symbol with events and covariates', () => {
    fc.assert(
      fc.property(anyPerturbation(FIT, END - 1), (perturbation) => {
        fc.pre(perturbation.kind !== 'removed');
        expectSame(perturb(series, perturbation), perturbation.bar);
      }),
      { numRuns: 6, seed: 1, endOnFailure: true },
    );
  });

  it("a covariate's value", () => {
    fc.assert(
      fc.property(bar, fc.constantFrom(Number.NaN, 0, 0.5, 4), (from, factor) => {
        expectSame(withOtherCovariates(series, from, factor), from);
      }),
      { numRuns: 5, seed: 2, endOnFailure: true },
    );
  });

  it('an event, or when it became known', () => {
    fc.assert(
      fc.property(bar, fc.integer({ min: -300, max: 60 }), fc.boolean(), (from, days, before) => {
        const date = new Date(Date.parse(series.times[from]) + days * 864e5).toISOString().slice(0, 10);
        const knownAt = new Date(Date.parse(barClose(series, from - 1)) + 1000).toISOString();
        const added = eventOn(date, { knownAt, time: before ? 'before' : 'after' });
        expectSame(withOtherEvents(series, from, [added]), from);
      }),
      { numRuns: 6, seed: 3, endOnFailure: true },
    );
  });

  it('which is no wonder of blindness: each of them changes what is forecast after it', () => {
    const later = (changed: Series, from: number) => {
      const { mean, scale } = validated(changed).result.test.ensemble;
      return [mean[from - FIT], scale[from - FIT]];
    };
    const known = eventOn(series.times[340], { knownAt: barClose(series, 338) });
    const of = (from: number) => {
      const { mean, scale } = expected.result.test.ensemble;
      return [mean[from - FIT], scale[from - FIT]];
    };
    expect(later(withOtherCovariates(series, 339, 4), 340)).not.toEqual(of(340));
    expect(later(withEvents(series, [...series.events!, known]), 341)).not.toEqual(of(341));
  });
});

describe('a forecast from a history that ends', () => {
  it('is that of the whole series, whatever is known of what comes', () => {
    const whole = expected.result.test.ensemble;
    expect(whole.mean).toHaveLength(END - FIT);
    const short = sliceSeries(series, 0, END - 10);
    const validation = windowValidation({
      ...{ judgeFit, configuration, series: short },
      window: { ...window, windowId: 359, end: END - 10 },
    });
    validation.step(unlimitedBudget);
    const { test } = validation.result();
    expect(sliceForecasts(whole, 0, END - 10 - FIT)).toEqual(test.ensemble);
  });
});
