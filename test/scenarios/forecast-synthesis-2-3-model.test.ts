// From bars to what people read: the synthesis of the ensembles of two and of three members on the real S&P 500.
import { beforeAll, describe, expect, it } from 'vitest';
import type { EnsembleConfiguration } from '../../src/shared/ensemble/ensemble-configuration.ts';
import { EnsembleFit } from '../../src/shared/ensemble/ensemble-fit.ts';
import type { EnsembleForecast, FittedEnsemble } from '../../src/shared/ensemble/fitted-ensemble.ts';
import { shrinkMean } from '../../src/shared/ensemble/mean-shrinkage.ts';
import { presetConfiguration } from '../../src/shared/ensemble/presets.ts';
import { unlimitedBudget } from '../../src/shared/models/forecaster.ts';
import { GB_GRID } from '../../src/shared/models/gradient-boosting/gb-hyperparameters.ts';
import { meanOf } from '../../src/shared/numerics/mean.ts';
import { scoreForecasts } from '../../src/shared/scores/scored-forecasts.ts';
import { logReturns } from '../../src/shared/series/log-returns.ts';
import { type Series, sliceSeries } from '../../src/shared/series/series.ts';
import type { Circumstances } from '../../src/shared/synthesis/circumstances.ts';
import { confidenceOf } from '../../src/shared/synthesis/confidence.ts';
import { DEFAULT_DIRECTION_THRESHOLDS, directionOf } from '../../src/shared/synthesis/direction.ts';
import { forecastRow } from '../../src/shared/synthesis/forecast-row.ts';
import { INTERVAL_COVERAGES } from '../../src/shared/synthesis/prediction-interval.ts';
import { probabilityAbove } from '../../src/shared/synthesis/probability-above.ts';
import { quantileAt } from '../../src/shared/synthesis/quantile-at.ts';
import { type Synthesis, synthesise } from '../../src/shared/synthesis/synthesise.ts';
import { sp500 } from '../shared/series/sp500.ts';
import { brierDecomposition, reliability } from '../support/reliability.ts';

const TRAIN = 1000;
const VALIDATION = 250;
const FITTED = TRAIN + VALIDATION;
/** Bars forecast by each fit of the walk-forward. */
const STRETCH = 500;
const spx = sp500();
const returns = logReturns(spx.close);

/** One entry a member: what is tuned is not what is tested here. */
const GRIDS: EnsembleConfiguration['grids'] = {
  LSTM: [
    { hiddenUnits: 8, lookback: 10, learningRate: 0.005, dropout: 0, epochs: 3, batchSize: 32, networks: 1 },
  ],
  ARIMA_GARCH: [{ variance: 'realized', innovations: 't', distribution: 'empirical' }],
  GB: GB_GRID.slice(0, 1),
};

/** The session after the last bar, 2020-04-17, has not closed yet. */
const onTime: Circumstances = {
  thresholds: DEFAULT_DIRECTION_THRESHOLDS,
  latestWindow: { windowId: 5104, lastBarTime: '2020-04-17T00:00:00Z', verdict: 'ok', reasons: [] },
  outcomes: 250,
  now: '2020-04-18T12:00:00Z',
};

interface Scenario {
  readonly configuration: EnsembleConfiguration;
  /** Fitted on the latest bars, and its forecast from the last one. */
  readonly ensemble: FittedEnsemble;
  readonly forecast: EnsembleForecast;
  readonly history: Series;
  readonly synthesis: Synthesis;
  /** Of every bar from the 1,251st on, by fits that saw none of them. */
  readonly walkForward: readonly { readonly bar: number; readonly forecast: EnsembleForecast }[];
}

function fitOn(configuration: EnsembleConfiguration, from: number): FittedEnsemble {
  const series = sliceSeries(spx, from, from + FITTED);
  const fitting = new EnsembleFit({ series, train: TRAIN, validation: VALIDATION, configuration });
  fitting.step(unlimitedBudget);
  return fitting.result().fitted;
}

function scenarioOf(members: 2 | 3): Scenario {
  const preset = presetConfiguration(members);
  const grids = Object.fromEntries(
    Object.entries(GRIDS!).filter(([name]) => Object.hasOwn(preset.weights, name)),
  );
  const configuration = { ...preset, grids };
  const bars = spx.close.length;
  const walkForward: { bar: number; forecast: EnsembleForecast }[] = [];
  for (let from = 0; from + FITTED < bars; from += STRETCH) {
    const end = Math.min(from + FITTED + STRETCH, bars);
    const forecasts = fitOn(configuration, from).predictRange(
      sliceSeries(spx, from, end),
      FITTED,
      end - from,
    );
    for (const [i, forecast] of forecasts.entries()) walkForward.push({ bar: from + FITTED + i, forecast });
  }
  const history = sliceSeries(spx, bars - FITTED, bars);
  const ensemble = fitOn(configuration, bars - FITTED);
  const forecast = ensemble.predict(history);
  const synthesis = synthesise(forecast, ensemble, history, '1D', onTime);
  return { configuration, ensemble, forecast, history, synthesis, walkForward };
}

const identity = { horizon: '1D', ensemble: 'candidate', configHash: 'abc', codeVersion: '0' } as const;
const scenarios = new Map<number, Scenario>();
beforeAll(() => {
  for (const members of [2, 3] as const) scenarios.set(members, scenarioOf(members));
});

describe.each([
  [2, { LSTM: 0.5, ARIMA_GARCH: 0.5 }],
  [3, { LSTM: 0.4, ARIMA_GARCH: 0.3, GB: 0.3 }],
] as const)('the synthesis of the ensemble of %d members', (members, weights) => {
  const scenario = () => scenarios.get(members)!;
  const again = (circumstances: Partial<Circumstances>, history = scenario().history) =>
    synthesise(scenario().forecast, scenario().ensemble, history, '1D', { ...onTime, ...circumstances });
  const driver = (code: string) => scenario().synthesis.drivers.find((one) => one.code === code)!;
  const row = () => {
    const { forecast, ensemble, history } = scenario();
    return forecastRow(forecast, ensemble, history, identity, onTime);
  };

  it('has the preset weights', () => {
    const { synthesis } = scenario();
    expect(Object.fromEntries(synthesis.members.map(({ name, weight }) => [name, weight]))).toEqual(weights);
  });

  it('states the probability up that the quantiles hold', () => {
    const { synthesis, forecast } = scenario();
    const above = forecast.distribution.quantiles.filter((quantile) => quantile > 0).length / 200;
    expect(Math.abs(synthesis.probabilityUp - above)).toBeLessThan(0.006);
  });

  it('states the direction that follows from it', () => {
    const { synthesis } = scenario();
    const { bullish, bearish } = DEFAULT_DIRECTION_THRESHOLDS;
    const p = synthesis.probabilityUp;
    expect(synthesis.direction).toBe(p >= bullish ? 'bullish' : p <= bearish ? 'bearish' : 'neutral');
  });

  it('states another direction by other thresholds, and nothing else changes', () => {
    const { synthesis } = scenario();
    const p = synthesis.probabilityUp;
    const bold = again({
      thresholds: { bullish: Math.max(0.5, p - 1e-6), bearish: Math.min(0.499, p - 1e-3) },
    });
    const timid = again({ thresholds: { bullish: 0.9, bearish: 0.1 } });
    expect([bold.direction, timid.direction]).toEqual([p >= 0.5 ? 'bullish' : 'neutral', 'neutral']);
    expect([bold.probabilityUp, timid.confidence]).toEqual([p, synthesis.confidence]);
  });

  it('has for confidence the probability of the likelier side', () => {
    const { synthesis } = scenario();
    expect(synthesis.confidence).toBe(Math.max(synthesis.probabilityUp, 1 - synthesis.probabilityUp));
    expect(synthesis.confidence).toBeLessThan(0.65);
  });

  it('has the median for its point, between the bounds of the narrowest band', () => {
    const {
      forecast_price: point,
      lower_50: lower,
      upper_50: upper,
      last_close: last,
    } = row() as Record<string, number>;
    expect(point).toBeCloseTo(last * Math.exp(scenario().forecast.distribution.quantiles[99]), 9);
    expect(lower).toBeLessThan(point);
    expect(point).toBeLessThan(upper);
  });

  it('has bands at 50, 80, 90 and 95 %, each within the next, in prices around the last close', () => {
    const columns = row() as Record<string, number>;
    const bounds = INTERVAL_COVERAGES.map((level) => [columns[`lower_${level}`], columns[`upper_${level}`]]);
    for (let i = 1; i < bounds.length; i++) {
      expect(bounds[i][0]).toBeLessThan(bounds[i - 1][0]);
      expect(bounds[i][1]).toBeGreaterThan(bounds[i - 1][1]);
    }
    expect(bounds[0][0]).toBeGreaterThan(0.9 * columns.last_close);
    expect(bounds[0][1]).toBeLessThan(1.1 * columns.last_close);
  });

  it('gives every member its part of the mean: they add up, to the bit', () => {
    const { synthesis, forecast } = scenario();
    const sum = synthesis.members.reduce((total, { meanContribution }) => total + meanContribution, 0);
    expect(sum).toBe(forecast.distribution.mean);
  });

  it('gives every member its part of the scale: they add up, to the bit', () => {
    const { synthesis, forecast } = scenario();
    const sum = synthesis.members.reduce((total, { scaleContribution }) => total + scaleContribution, 0);
    expect(sum).toBe(forecast.distribution.scale);
    for (const part of synthesis.members) expect(part.scaleContribution).toBeGreaterThan(0);
  });

  it("repeats each member's own mean and scale, and its direction as it enters the ensemble", () => {
    const { synthesis, forecast, ensemble } = scenario();
    for (const part of synthesis.members) {
      const own = forecast.members[part.name]!;
      expect([part.mean, part.scale]).toEqual([own.mean, own.scale]);
      const entering = shrinkMean(own, forecast.anchor, ensemble.meanFactor);
      expect(part.probabilityUp).toBe(probabilityAbove(entering, 0));
      expect(part.direction).toBe(directionOf(part.probabilityUp, DEFAULT_DIRECTION_THRESHOLDS));
    }
  });

  it('measures the agreement by the weight of those with its own direction', () => {
    const { synthesis } = scenario();
    const agreeing = synthesis.members.filter(({ direction }) => direction === synthesis.direction);
    expect(synthesis.agreement.share).toBeCloseTo(
      agreeing.reduce((sum, { weight }) => sum + weight, 0),
      12,
    );
  });

  it('measures how far means and scales of the members lie apart', () => {
    const { agreement, members } = scenario().synthesis;
    const means = members.map(({ shrunkMean }) => shrunkMean).sort((a, b) => a - b);
    const scales = members.map(({ scale }) => scale).sort((a, b) => a - b);
    expect(agreement.meanSpread).toBe(means[means.length - 1] - means[0]);
    expect(agreement.scaleRatio).toBe(scales[scales.length - 1] / scales[0]);
    expect(agreement.scaleRatio).toBeLessThan(3);
  });

  it('says how high volatility is forecast: in April 2020 as on the average of a year that holds March', () => {
    const { forecast } = scenario();
    const last = returns.slice(-250);
    const average = Math.sqrt(last.reduce((sum, value) => sum + value * value, 0) / 250);
    const { figures, sentence } = driver('volatility');
    expect(figures.ratio).toBeCloseTo(forecast.distribution.scale / average, 12);
    expect(figures.ratio).toBeGreaterThan(0.9);
    expect(sentence).toContain(
      `${(figures.ratio as number).toFixed(2)} times its average of the last 250 bars`,
    );
  });

  it('ranks the range of the last bar', () => {
    const { high, low } = scenario().history;
    const ranges = Array.from({ length: 22 }, (_, i) => high[FITTED - 22 + i] / low[FITTED - 22 + i]);
    const { figures } = driver('last_range');
    expect(figures.smaller).toBe(ranges.filter((range) => range < ranges[21]).length);
    expect(figures.larger).toBe(ranges.filter((range) => range > ranges[21]).length);
  });

  it('says where the mean comes from', () => {
    const { ensemble, history } = scenario();
    const own = logReturns(history.close);
    const half = own.reduce((sum, value) => sum + value, 0) / own.length / 2;
    const { figures, sentence } = driver('mean');
    expect(figures.anchor_per_year).toBeCloseTo(252 * half, 12);
    expect(figures.mean_factor).toBe(ensemble.meanFactor);
    expect(sentence).toContain(`half the long-run mean, ${(100 * 252 * half).toFixed(1)} % a year`);
  });

  it('says how the tails differ', () => {
    const { distribution } = scenario().forecast;
    const [low, median, high] = [0.05, 0.5, 0.95].map((level) => quantileAt(distribution, level));
    expect(driver('tails').figures.ratio).toBe((median - low) / (high - median));
  });

  it('names the members that forecast most and least volatility', () => {
    const sorted = [...scenario().synthesis.members].sort((a, b) => a.scale - b.scale);
    expect(driver('member_scales').figures).toMatchObject({
      least: sorted[0].name,
      most: sorted[members - 1].name,
    });
  });

  it('has nothing to note when all is as it should be', () => {
    expect(scenario().synthesis.qualityNotes).toEqual([]);
  });

  it('notes that bars are old, and how many sessions have closed since', () => {
    const [note] = again({ now: '2020-04-22T21:00:00Z' }).qualityNotes;
    expect(note).toMatchObject({ code: 'stale_data', figures: { cutoff: '2020-04-17', sessions: 3 } });
  });

  it('notes a session that is missing', () => {
    const { history } = scenario();
    const times = history.times.slice();
    // 12 March 2020 is taken away, and what came before moves up by one.
    const gap = times.indexOf('2020-03-12');
    times.splice(gap, 1);
    times.unshift('2015-04-29');
    expect(again({}, { ...history, times }).qualityNotes).toMatchObject([
      { code: 'gap', figures: { missing: 1, sessions: ['2020-03-12'] } },
    ]);
  });

  it('notes what the latest window was found to be', () => {
    const latestWindow = {
      windowId: 5104,
      lastBarTime: '2020-04-17T00:00:00Z',
      reasons: ['The gap is 0.2.'],
    };
    for (const verdict of ['overfitting', 'implausible'] as const) {
      const { qualityNotes } = again({ latestWindow: { ...latestWindow, verdict } });
      expect(qualityNotes).toMatchObject([
        { code: verdict, sentence: expect.stringContaining('The gap is 0.2.') },
      ]);
    }
    expect(again({ latestWindow: null }).qualityNotes).toMatchObject([{ code: 'not_validated' }]);
  });

  it('notes a member that it goes on without, and shares its weight among the others', () => {
    const { ensemble, history } = scenario();
    const left = ensemble.without({
      member: 'LSTM',
      code: 'not_converged',
      message: 'LSTM: no.',
      since: null,
    });
    const forecast = left.predict(history);
    const synthesis = synthesise(forecast, left, history, '1D', onTime);
    expect(synthesis.qualityNotes).toMatchObject([
      {
        code: 'fallback',
        figures: { reason: 'member_dropped', member: 'LSTM', error_code: 'not_converged' },
      },
    ]);
    expect(synthesis.members.map(({ weight }) => weight)).toEqual(members === 2 ? [1] : [0.5, 0.5]);
    expect(synthesis.members.reduce((sum, part) => sum + part.scaleContribution, 0)).toBe(
      forecast.distribution.scale,
    );
  });

  it('makes a row of columns that can be stored: finite numbers, whole sentences', () => {
    const columns = row();
    expect(columns).toMatchObject({
      ...{ symbol: 'SPX', horizon: '1D', data_cutoff: '2020-04-17', target_time: '2020-04-20T20:00:00Z' },
      ...{
        direction: scenario().synthesis.direction,
        direction_thresholds: { bullish: 0.55, bearish: 0.45 },
      },
    });
    expect(JSON.parse(JSON.stringify(columns))).toEqual(columns);
    const { drivers } = columns as unknown as { drivers: { sentence: string }[] };
    for (const { sentence } of drivers) expect(sentence).toMatch(/^[A-Z].*\.$/);
    expect(JSON.stringify(columns)).not.toMatch(/NaN|undefined|Infinity|null/);
  });

  it('is the same, to the bit, when everything is done again', () => {
    const { configuration, forecast, synthesis, history } = scenario();
    const ensemble = fitOn(configuration, spx.close.length - FITTED);
    const repeated = ensemble.predict(history);
    expect(repeated.distribution).toEqual(forecast.distribution);
    expect(synthesise(repeated, ensemble, history, '1D', onTime)).toEqual(synthesis);
  });

  it('has a confidence that comes true as often as it says, over 3,855 days', () => {
    const { walkForward } = scenario();
    const up = walkForward.map(({ forecast }) => probabilityAbove(forecast.distribution, 0));
    const confidence = Float64Array.from(up, confidenceOf);
    const cameTrue = Float64Array.from(walkForward, ({ bar }, i) =>
      up[i] >= 0.5 === returns[bar - 1] > 0 ? 1 : 0,
    );
    expect(confidence).toHaveLength(3855);
    // Within what chance allows: of six bins one is off by more than 3.14 standard errors in one case in a hundred.
    for (const bin of reliability(confidence, cameTrue, [0.5, 0.52, 0.53, 0.54, 0.55, 0.57, 1])) {
      expect(Math.abs(bin.observed - bin.expected)).toBeLessThan(3.14 * bin.standardError);
    }
    const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(Math.abs(mean(confidence) - mean(cameTrue))).toBeLessThan(0.02);
    // And no more is claimed than is there: direction is hardly predictable, and the confidence says as much.
    expect(mean(confidence)).toBeLessThan(0.56);
    const { score, uncertainty } = brierDecomposition(confidence, cameTrue);
    expect(Math.abs(score - uncertainty)).toBeLessThan(0.002);
  });

  it('has probabilities of moves of 0.5, 1 and 2 % that come true as often as they say', () => {
    const { walkForward } = scenario();
    const thresholds = [-0.02, -0.01, -0.005, 0.005, 0.01, 0.02];
    const probabilities = thresholds.flatMap((threshold) =>
      walkForward.map(({ forecast }) => probabilityAbove(forecast.distribution, threshold)),
    );
    const events = thresholds.flatMap((threshold) =>
      walkForward.map(({ bar }) => (returns[bar - 1] > threshold ? 1 : 0)),
    );
    const bins = reliability(Float64Array.from(probabilities), Float64Array.from(events));
    for (const bin of bins) {
      // Six events of one day are not independent: a wider margin, and never more than 4 points where there are 500.
      expect(Math.abs(bin.observed - bin.expected)).toBeLessThan(Math.max(0.02, 3 * bin.standardError));
    }
    const { resolution, reliability: miscalibration } = brierDecomposition(
      Float64Array.from(probabilities),
      Float64Array.from(events),
    );
    expect(miscalibration).toBeLessThan(0.001);
    expect(resolution).toBeGreaterThan(0.1);
  });

  it('has bands that hold about as many returns as they say', () => {
    const { walkForward } = scenario();
    const { covered } = scoreForecasts(
      walkForward.map(({ forecast }) => forecast.distribution),
      Float64Array.from(walkForward, ({ bar }) => returns[bar - 1]),
    );
    const shares = covered.map(meanOf);
    [0.5, 0.8, 0.9, 0.95].forEach((level, i) => {
      expect(Math.abs(shares[i] - level)).toBeLessThan(0.02);
    });
  });
});

describe('the ensembles of two and of three members', () => {
  it('differ by the third member only: the others forecast the same', () => {
    const [two, three] = [scenarios.get(2)!, scenarios.get(3)!];
    for (const name of ['LSTM', 'ARIMA_GARCH'] as const) {
      expect(three.forecast.members[name]).toEqual(two.forecast.members[name]);
    }
    expect(Object.keys(three.forecast.members)).toEqual(['LSTM', 'ARIMA_GARCH', 'GB']);
  });

  it('agree on how wild April 2020 was', () => {
    const scales = [2, 3].map((members) => scenarios.get(members)!.forecast.distribution.scale);
    expect(Math.abs(scales[1] / scales[0] - 1)).toBeLessThan(0.2);
  });
});
