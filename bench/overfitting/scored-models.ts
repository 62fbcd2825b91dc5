import type { ScoredPart, ScoredWindow } from '../../src/shared/evaluation/scored-window.ts';
import { deriveSeed } from '../../src/shared/numerics/derive-seed.ts';
import { sliceSeries } from '../../src/shared/series/series.ts';
import type { Candidates } from './models/honest.ts';
import { type NoiseSearch, type NoiseTrials, tryNoise } from './models/selection.ts';
import type { FitInput, ZooForecasts, ZooModel } from './zoo-model.ts';
import {
  type Stretch,
  type StretchScores,
  scoreStretch,
  TEST_VOLATILITIES,
  type TestVolatility,
  type ZooWindow,
} from './zoo-window.ts';

/** A model's window, scored, by the volatility of test. */
export type ScoredByVolatility = Readonly<Record<TestVolatility, ScoredWindow>>;

const SEED = 20_261_123;

/** Fits a model on train, and on train and validation, and scores what it forecasts. */
export function scoreModel(window: ZooWindow, model: ZooModel): ScoredByVolatility {
  const onTrain = model.fit(fitInput(window, window.trainBars, model.name));
  const past = scoreStretch(window.past, onTrain(window.past));
  const onBoth = model.fit(fitInput(window, window.fitBars, model.name));
  return assemble(window, past, onBoth, []);
}

/** The same of a model that is chosen from candidates by its mean CRPS on validation, and fitted again for test. */
export function scoreTuned(window: ZooWindow, { name, candidates }: Candidates): ScoredByVolatility {
  const input = fitInput(window, window.trainBars, name);
  const tried = candidates.map((fitOn) => scoreStretch(window.past, fitOn(input)(window.past)));
  const trialScores = tried.map(({ crps }) => crps.slice(window.trainBars - window.firstScored));
  const sums = trialScores.map((scores) => scores.reduce((sum, value) => sum + value, 0));
  const best = sums.indexOf(Math.min(...sums));
  return assemble(window, tried[best], candidates[best](fitInput(window, window.fitBars, name)), trialScores);
}

/** Noise forecasts of one amplitude on a window; the same noise for every amplitude. */
export function tryNoiseOn(window: ZooWindow, search: NoiseSearch): NoiseTrials {
  return tryNoise(window, search, deriveSeed(SEED, window.symbol, window.cutoffTime, 'selection'));
}

/** The same of the best of the first `count` noise forecasts. */
export function scoreBestNoise(window: ZooWindow, trials: NoiseTrials, count: number): ScoredByVolatility {
  const forecasts = trials.bestOf(count);
  const past = scoreStretch(window.past, forecasts(window.past));
  return assemble(window, past, forecasts, trials.scores.slice(0, count));
}

function fitInput({ symbol, cutoffTime, past }: ZooWindow, bars: number, model: string): FitInput {
  return {
    series: sliceSeries(past.series, 0, bars),
    returns: past.returns.slice(0, bars),
    seed: deriveSeed(SEED, symbol, cutoffTime, model, bars),
  };
}

function assemble(
  window: ZooWindow,
  past: StretchScores,
  onBoth: ZooForecasts,
  trialScores: readonly Float64Array[],
): ScoredByVolatility {
  const { trainBars, fitBars, firstScored } = window;
  const benchmark = scoreStretch(window.past, window.past.fhs);
  const pastPart = (from: number, to: number) =>
    scoredPart(window.past, past, benchmark, from - firstScored, to - firstScored);
  const train = pastPart(firstScored, trainBars);
  const validation = pastPart(trainBars, fitBars);
  const byVolatility = TEST_VOLATILITIES.map((volatility) => {
    const stretch = window.test[volatility];
    const scores = scoreStretch(stretch, onBoth(stretch));
    const test = scoredPart(stretch, scores, scoreStretch(stretch, stretch.fhs), 0, stretch.fhs.length);
    return [volatility, { train, validation, test, trialScores }] as const;
  });
  return Object.fromEntries(byVolatility) as unknown as ScoredByVolatility;
}

function scoredPart(
  { returns, from, fhs }: Stretch,
  scores: StretchScores,
  benchmark: StretchScores,
  begin: number,
  end: number,
): ScoredPart {
  return {
    squaredErrors: scores.squaredErrors.slice(begin, end),
    crps: scores.crps.slice(begin, end),
    benchmarkSquaredErrors: returns.slice(from + begin, from + end).map((value) => value * value),
    benchmarkCrps: benchmark.crps.slice(begin, end),
    expectedVolatility: Float64Array.from(fhs.slice(begin, end), ({ scale }) => scale),
    expectedMean: Float64Array.from(fhs.slice(begin, end), ({ mean }) => mean),
    mean: scores.mean.slice(begin, end),
    scale: scores.scale.slice(begin, end),
    realised: returns.slice(from + begin, from + end),
  };
}
