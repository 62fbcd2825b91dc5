import { describe, expect, it } from 'vitest';
import { WEEKDAYS } from '../../../src/shared/calendars/built-in-calendars.ts';
import { ConformalLevels } from '../../../src/shared/calibration/conformal-levels.ts';
import { fhs } from '../../../src/shared/models/benchmarks/fhs.ts';
import { unlimitedBudget } from '../../../src/shared/models/forecaster.ts';
import { withSessionPosition } from '../../../src/shared/models/half-session/with-session-position.ts';
import { QUANTILE_LEVELS } from '../../../src/shared/numerics/distributions/predictive-distribution.ts';
import { logReturns } from '../../../src/shared/series/log-returns.ts';
import { type Series, sliceSeries } from '../../../src/shared/series/series.ts';
import { confidenceOf } from '../../../src/shared/synthesis/confidence.ts';
import { directionOf } from '../../../src/shared/synthesis/direction.ts';
import { synthesise } from '../../../src/shared/synthesis/synthesise.ts';
import { targetTime } from '../../../src/shared/synthesis/target-time.ts';
import { simulatedHalfSessions } from '../models/half-session/simulated-half-sessions.ts';
import { type Constant, calm, ensembleOf, sessionSeries } from './simulated-forecast.ts';

const series = sessionSeries();
const two: readonly Constant[] = [
  { name: 'LSTM', weight: 0.5, mean: 0.003, scale: 0.01 },
  { name: 'ARIMA_GARCH', weight: 0.5, mean: -0.001, scale: 0.02 },
];

function of(members: readonly Constant[], options = {}, circumstances = {}, history: Series = series) {
  const ensemble = ensembleOf(members, { series, ...options });
  const forecast = ensemble.predict(history);
  return {
    forecast,
    ensemble,
    ...synthesise(forecast, ensemble, history, '1D', { ...calm, ...circumstances }),
  };
}
const up = (mean: number): readonly Constant[] => [{ name: 'LSTM', weight: 1, mean, scale: 0.01 }];
const codes = (remarks: readonly { code: string }[]) => remarks.map(({ code }) => code);

describe('the direction', () => {
  const thresholds = { bullish: 0.6, bearish: 0.3 };
  it.each([
    [0.61, 'bullish'],
    [0.6, 'bullish'],
    [0.59, 'neutral'],
    [0.31, 'neutral'],
    [0.3, 'bearish'],
    [0.1, 'bearish'],
  ])('of a probability of %d is %s', (probability, direction) => {
    expect(directionOf(probability, thresholds)).toBe(direction);
  });

  it('is that of the distribution', () => {
    expect(of(up(0.003)).direction).toBe('bullish');
    expect(of(up(-0.003)).direction).toBe('bearish');
    expect(of(up(0.0001)).direction).toBe('neutral');
    expect(of(up(0.003), {}, { thresholds: { bullish: 0.7, bearish: 0.3 } }).direction).toBe('neutral');
  });
});

describe('the confidence', () => {
  it.each([
    [0.7, 0.7],
    [0.2, 0.8],
    [0.52, 0.52],
    [0.5, 0.5],
  ])('with a probability up of %d is %d', (probability, confidence) => {
    expect(confidenceOf(probability)).toBeCloseTo(confidence, 15);
  });
});

describe("the members' parts", () => {
  it('add up to the mean and the scale of the ensemble, to the bit', () => {
    for (const meanFactor of [0, 0.3, 1]) {
      const { members, forecast } = of(two, { meanFactor });
      expect(members.reduce((sum, part) => sum + part.meanContribution, 0)).toBe(forecast.distribution.mean);
      expect(members.reduce((sum, part) => sum + part.scaleContribution, 0)).toBe(
        forecast.distribution.scale,
      );
    }
  });

  it('show what a member says by itself, and what of it counts', () => {
    const { members, forecast } = of(two, { meanFactor: 0.5 });
    expect(members[0]).toMatchObject({
      name: 'LSTM',
      weight: 0.5,
      mean: 0.003,
      scale: 0.01,
      hyperparameters: { of: 'LSTM' },
    });
    expect(members[0].shrunkMean).toBeCloseTo(forecast.anchor + 0.5 * (0.003 - forecast.anchor), 10);
    expect(of(two, { meanFactor: 0 }).members[0].shrunkMean).toBeCloseTo(forecast.anchor, 10);
  });
});

describe('the agreement', () => {
  it('is the share of the weight whose own direction is the ensemble’s', () => {
    const weighted = [
      { ...two[0], weight: 0.7 },
      { ...two[1], weight: 0.3, mean: -0.01 },
    ];
    const { agreement, direction, members } = of(weighted);
    expect(members.map((part) => part.direction)).toEqual(['bullish', 'bearish']);
    expect(direction).toBe('neutral');
    expect(agreement.share).toBe(0);
    expect(of([{ ...weighted[0], mean: 0.02 }, weighted[1]]).agreement.share).toBeCloseTo(0.7, 15);
    expect(of(up(0.003)).agreement).toEqual({ share: 1, meanSpread: 0, scaleRatio: 1 });
  });

  it('tells how far means and scales lie apart', () => {
    const { agreement } = of(two);
    expect(agreement.meanSpread).toBeCloseTo(0.004, 12);
    expect(agreement.scaleRatio).toBeCloseTo(2, 12);
    expect(of(two, { meanFactor: 0 }).agreement.meanSpread).toBeCloseTo(0, 12);
  });
});

describe('the drivers', () => {
  const driver = (code: string, history = series, members = two, options = {}) =>
    of(members, options, {}, history).drivers.find((one) => one.code === code);

  it('come in one order, whatever they say', () => {
    expect(codes(of(two).drivers)).toEqual(['volatility', 'last_range', 'mean', 'tails', 'member_scales']);
    expect(codes(of(up(0)).drivers)).toEqual(['volatility', 'last_range', 'mean', 'tails']);
  });

  it('compare the scale with the last 250 returns', () => {
    const returns = logReturns(series.close).slice(-250);
    const average = Math.sqrt(returns.reduce((sum, value) => sum + value ** 2, 0) / 250);
    const { figures, sentence } = driver('volatility')!;
    expect(figures.average).toBeCloseTo(average, 15);
    expect(figures.ratio).toBeCloseTo(0.015 / average, 12);
    expect(sentence).toBe(
      `Volatility is forecast at ${(0.015 / average).toFixed(2)} times its average of the last 250 bars: 1.50 % against ${(100 * average).toFixed(2)} %.`,
    );
    expect(driver('volatility', sliceSeries(series, 200, 300))!.figures.bars).toBe(99);
  });

  it.each([
    ['largest', 2, "The last bar's range, 69.31 %, was the largest of 22."],
    ['smallest', 1 + 1e-9, "The last bar's range, 0.00 %, was the smallest of 22."],
  ])('rank the last range: %s', (_name, ratio, sentence) => {
    const high = series.high.slice();
    high[299] = series.low[299] * ratio;
    expect(driver('last_range', { ...series, high })!.sentence).toBe(sentence);
  });

  it('rank a range in the middle, counting those before it', () => {
    const high = series.low.map((low, i) => low * (1 + ((i * 7) % 22) / 1000 + 0.001));
    high[299] = series.low[299] * 1.0115;
    const { figures, sentence } = driver('last_range', { ...series, high })!;
    const ranges = Array.from({ length: 21 }, (_, i) => high[278 + i] / series.low[278 + i]);
    const smaller = ranges.filter((range) => range < 1.0115).length;
    expect(figures).toMatchObject({ smaller, larger: 21 - smaller });
    expect(sentence).toContain(`larger than ${smaller} and smaller than ${21 - smaller} of the 21 before it`);
  });

  it('say nothing of ranges where only closes are known, nor of volatility where nothing moved', () => {
    expect(driver('last_range', { ...series, high: series.close, low: series.close })).toBeUndefined();
    const flat = new Float64Array(300).fill(7);
    expect(driver('volatility', { ...series, close: flat })).toBeUndefined();
  });

  it('say where the mean comes from', () => {
    const returns = logReturns(series.close);
    const half = returns.reduce((sum, value) => sum + value, 0) / returns.length / 2;
    const perYear = `${(100 * 252 * half).toFixed(1)} %`;
    expect(driver('mean', series, two, { meanFactor: 0 })!.sentence).toBe(
      `The mean is shrunk to half the long-run mean, ${perYear} a year.`,
    );
    expect(driver('mean', series, two, { meanFactor: 0.5 })!.sentence).toMatch(
      new RegExp(
        `keeps 50 % of what the members forecast beyond half the long-run mean, ${perYear} a year\\.$`,
      ),
    );
  });

  it('say what conformal levels have moved the mean by, which the members share', () => {
    const moved = new ConformalLevels(
      0.001,
      QUANTILE_LEVELS.map((level) => level ** 0.9),
    );
    const { members, forecast, drivers } = of(two, { meanFactor: 0, levels: moved });
    const { mean } = forecast.distribution;
    expect(mean - forecast.anchor).toBeGreaterThan(0.0002);
    expect(members.reduce((sum, part) => sum + part.meanContribution, 0)).toBeCloseTo(mean, 15);
    const { sentence, figures } = drivers.find(({ code }) => code === 'mean')!;
    const percent = (value: number) => `${(100 * value).toFixed(3)} %`;
    expect(sentence).toMatch(
      new RegExp(
        `a year; the conformal levels move it from ${percent(forecast.anchor)} to ${percent(mean)}\\.$`,
      ),
    );
    expect(figures).toMatchObject({ mean, mean_factor: 0 });
    expect(figures.members_mean).toBeCloseTo(forecast.anchor, 12);
  });

  it('name the members that differ most', () => {
    expect(driver('member_scales')!.sentence).toBe(
      'ARIMA_GARCH forecasts 2.00 times the volatility that LSTM does: 2.00 % against 1.00 %.',
    );
  });
});

describe('the quality notes', () => {
  const notes = (circumstances = {}, options = {}, history = series, members = two) =>
    of(members, options, circumstances, history).qualityNotes;

  it('are none when there is nothing to note', () => {
    expect(notes()).toEqual([]);
  });

  it('say that data is stale once the target is over, and by how many sessions', () => {
    expect(codes(notes({ now: '2021-03-11T20:59:59Z' }))).toEqual([]);
    const [note] = notes({ now: '2021-03-11T21:00:00Z' });
    expect(note).toMatchObject({ code: 'stale_data', figures: { cutoff: '2021-03-10', sessions: 1 } });
    // 11 and 12 March, 15 to 19 March: daylight saving time begins on the 14th.
    expect(notes({ now: '2021-03-19T20:00:00Z' })[0].figures.sessions).toBe(7);
  });

  it('name the sessions that are missing among the last 250 bars', () => {
    const without = (at: number): Series => {
      const keep = (values: Float64Array) => values.filter((_, i) => i !== at);
      return {
        ...series,
        times: series.times.filter((_, i) => i !== at),
        ...{
          open: keep(series.open),
          high: keep(series.high),
          low: keep(series.low),
          close: keep(series.close),
        },
        volume: keep(series.volume),
      };
    };
    expect(notes({}, {}, without(280))).toMatchObject([
      { code: 'gap', figures: { missing: 1, sessions: [series.times[280]], bars: 250 } },
    ]);
    expect(notes({}, {}, without(20))).toEqual([]);
    const gone = (i: number) => i >= 270 && i < 277;
    const keep = (values: Float64Array) => values.filter((_, i) => !gone(i));
    const { open, high, low, close, volume } = series;
    const [note] = notes(
      {},
      {},
      {
        ...series,
        times: series.times.filter((_, i) => !gone(i)),
        ...{ open: keep(open), high: keep(high), low: keep(low), close: keep(close), volume: keep(volume) },
      },
    );
    expect(note.sentence).toBe(
      `7 sessions are missing among the last 250 bars: ${series.times.slice(270, 275).join(', ')} and 2 more.`,
    );
  });

  it('name a gap beside a bar of a day without a session', () => {
    const times = series.times.slice();
    // Memorial Day; the day after is missing.
    const tuesday = times.indexOf('2020-05-26');
    times[tuesday] = '2020-05-25';
    expect(notes({}, {}, { ...series, times })).toMatchObject([
      { code: 'gap', figures: { missing: 1, sessions: ['2020-05-26'] } },
    ]);
  });

  it('go by the series\u2019 own calendar', () => {
    const [gap, ...others] = notes({}, {}, { ...series, calendar: WEEKDAYS });
    expect(others).toEqual([]);
    expect(gap.sentence).toMatch(/^\d+ sessions are missing among the last 250 bars: .*2020-05-25/);
  });

  it('quote the verdict of the latest window', () => {
    const latestWindow = {
      windowId: 9,
      lastBarTime: '2021-03-01T00:00:00Z',
      verdict: 'overfitting',
      reasons: ['It is.'],
    };
    expect(notes({ latestWindow })).toMatchObject([
      {
        code: 'overfitting',
        sentence: 'The latest validated window, which ends 2021-03-01, overfits: It is.',
        figures: { window_id: 9 },
      },
    ]);
    expect(codes(notes({ latestWindow: { ...latestWindow, verdict: 'implausible' } }))).toEqual([
      'implausible',
    ]);
    expect(codes(notes({ latestWindow: null }))).toEqual(['not_validated']);
  });

  it('say what is not as it was configured', () => {
    const dropped = [{ member: 'GB', code: 'not_converged', message: 'GB: it ran away.', since: null }];
    const failedCandidates = [{ member: 'LSTM', entry: 2, code: 'not_finite', message: 'LSTM: no number.' }];
    const unfinished = [{ ...two[0] }, { ...two[1], artifact: { converged: false } }];
    const found = notes(
      { failedCandidates, weightsReverted: 'the window overfits.' },
      { dropped },
      series,
      unfinished,
    );
    expect(found.map(({ code, figures }) => [code, figures.reason])).toEqual([
      ['fallback', 'member_dropped'],
      ['fallback', 'candidate_failed'],
      ['fallback', 'weights_reverted'],
      ['fallback', 'not_converged'],
    ]);
    expect(found[0].sentence).toBe('The ensemble goes on without GB, which failed: GB: it ran away.');
    expect(found[1].sentence).toContain("Candidate 3 of LSTM's grid");
    expect(found[3].figures.member).toBe('ARIMA_GARCH');
  });

  it('say so of half sessions too, whose artifacts lie within one that holds the factors', () => {
    const halves = simulatedHalfSessions(1, 300);
    // The search of a real fit, as if it had been cut off.
    const member = withSessionPosition(fhs);
    const fit = member.fit(halves, fhs.grid[0], { seed: 1 });
    fit.step(unlimitedBudget);
    const artifact = JSON.stringify(fit.result().toJSON());
    expect(artifact).toContain('"converged":true');
    const cutOff = member.restore(JSON.parse(artifact.replace('"converged":true', '"converged":false')));
    const unfinished = { ...two[1], artifact: cutOff.toJSON() };
    const circumstances = { now: targetTime(halves) };
    const reasons = (members: readonly Constant[]) =>
      of(members, {}, circumstances, halves)
        .qualityNotes.filter(({ code }) => code === 'fallback')
        .map(({ figures }) => [figures.reason, figures.member]);
    expect(reasons([two[0], unfinished])).toEqual([['not_converged', 'ARIMA_GARCH']]);
    expect(reasons([two[0], { ...two[1], artifact: fit.result().toJSON() }])).toEqual([]);
  });

  it('say when too few forecasts have come true', () => {
    expect(notes({ outcomes: 1 })[0].sentence).toMatch(/^1 forecast of this configuration has been scored/);
    expect(notes({ outcomes: 29 })).toMatchObject([
      { code: 'few_outcomes', figures: { outcomes: 29, enough: 30 } },
    ]);
  });
});
