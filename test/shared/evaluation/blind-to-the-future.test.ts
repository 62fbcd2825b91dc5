import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeFit } from '../../../src/shared/divergence/judge-fit.ts';
import type { EnsembleConfiguration } from '../../../src/shared/ensemble/ensemble-configuration.ts';
import { EnsembleFit } from '../../../src/shared/ensemble/ensemble-fit.ts';
import { halfExpandingMeans, sumReturns } from '../../../src/shared/ensemble/expanding-mean.ts';
import { availableMembers, type MemberRegistry } from '../../../src/shared/ensemble/member-registry.ts';
import { windowValidation } from '../../../src/shared/evaluation/window-validation.ts';
import type { Json } from '../../../src/shared/json.ts';
import { ewma } from '../../../src/shared/models/benchmarks/ewma.ts';
import { fhs } from '../../../src/shared/models/benchmarks/fhs.ts';
import { har } from '../../../src/shared/models/benchmarks/har.ts';
import { historicalSimulation } from '../../../src/shared/models/benchmarks/historical-simulation.ts';
import { noChange } from '../../../src/shared/models/benchmarks/no-change.ts';
import {
  type Forecaster,
  type Hyperparameters,
  unlimitedBudget,
} from '../../../src/shared/models/forecaster.ts';
import { barFeatures } from '../../../src/shared/models/gradient-boosting/bar-features.ts';
import { learnBinThresholds } from '../../../src/shared/models/gradient-boosting/feature-binning.ts';
import {
  INPUT_COUNT,
  learnInputScaling,
  networkInputs,
  SKIP_COUNT,
} from '../../../src/shared/models/networks/network-inputs.ts';
import { collectTrainingData } from '../../../src/shared/models/networks/training-data.ts';
import { scoreFurtherBenchmarks } from '../../../src/shared/report/report-benchmarks.ts';
import { type ScoredForecasts, sliceForecasts } from '../../../src/shared/scores/scored-forecasts.ts';
import { type Series, sliceSeries } from '../../../src/shared/series/series.ts';
import { type Rule, recentScale, standIn, standInRegistry } from '../ensemble/stand-in-members.ts';
import { simulatedSeries } from '../models/simulated-series.ts';
import { anyPerturbation, type Perturbation, perturb } from './perturbations.ts';
import { smallConfiguration } from './small-window.ts';

const series = simulatedSeries(31, 370);
const companion = simulatedSeries(32, 370);
const TRAIN = 280;
const FIT = 330;
const END = 370;
const REFIT_EVERY = 15;

/** The bar at which a leak of one bar shows is always tried: the first after a fit. */
function firstAfter(fits: readonly number[]): Perturbation[] {
  return fits.flatMap((bar) => [
    { kind: 'move', bar, factor: 1.5 },
    { kind: 'volume', bar, volume: 1e9 },
  ]);
}

/** Hyperparameters that are quick to fit; a member that is not named here runs with the first entry of its grid. */
const QUICK: Readonly<Record<string, Hyperparameters>> = {
  // Epochs enough for a network that is better than the initial one.
  LSTM: { ...smallConfiguration.grids!.LSTM![1], epochs: 6 },
  ARIMA_GARCH: smallConfiguration.grids!.ARIMA_GARCH![0],
  GB: { trees: 8, depth: 2, learningRate: 0.1, meanTrees: 4 },
  TRANSFORMER: { width: 4, lookback: 4, learningRate: 0.05, dropout: 0.2, epochs: 1, batchSize: 64 },
};

const members = Object.values(availableMembers).map(({ forecaster }) => forecaster);
const benchmarks = [noChange, historicalSimulation, fhs, ewma, har];

/** Whatever happens from a bar after the fit on: neither the fit nor a forecast made before it changes, to the last quantile. */
function expectBlind(forecaster: Forecaster, numRuns: number, endOnFailure = false): void {
  const hyperparameters = QUICK[forecaster.name] ?? forecaster.grid[0];
  const fitOn = (bars: Series) => {
    const fit = forecaster.fit(sliceSeries(bars, 0, FIT), hyperparameters, {
      seed: 3,
      companions: [sliceSeries(companion, 0, FIT)],
    });
    fit.step(unlimitedBudget);
    return fit.result();
  };
  const fitted = fitOn(series);
  const artifact = fitted.toJSON();
  const forecasts = fitted.predictRange(series, FIT, END);
  const property = fc.property(anyPerturbation(FIT, END, { cut: true }), (perturbation) => {
    const changed = perturb(series, perturbation);
    const { bar } = perturbation;
    expect(fitOn(changed).toJSON()).toEqual(artifact);
    // The forecast of the bar itself is made before it; a series cut there ends before it.
    const to = Math.min(bar + 1, changed.times.length);
    expect(fitted.predictRange(changed, FIT, to)).toEqual(forecasts.slice(0, to - FIT));
    expect(fitted.predict(sliceSeries(changed, 0, bar))).toEqual(forecasts[bar - FIT]);
  });
  const examples: [Perturbation][] = firstAfter([FIT]).map((perturbation) => [perturbation]);
  fc.assert(property, { numRuns, endOnFailure, examples, seed: 1 });
}

describe('whatever comes after the cutoff, no forecast made at it changes:', () => {
  it.each(members)('the member $name', (member) => expectBlind(member, 12));

  it.each(benchmarks)('the benchmark $name', (benchmark) => expectBlind(benchmark, 12));
});

describe('what is learned from data changes with no later bar:', () => {
  it("the scaling of the LSTM's inputs, and the inputs up to then", () => {
    const scaling = learnInputScaling(series, FIT);
    const { inputs, skip } = networkInputs(series, scaling);
    fc.assert(
      fc.property(anyPerturbation(FIT, END, { cut: true }), (perturbation) => {
        const changed = perturb(series, perturbation);
        expect(learnInputScaling(changed, FIT)).toEqual(scaling);
        const again = networkInputs(changed, scaling);
        const rows = perturbation.bar;
        expect(again.inputs.slice(0, INPUT_COUNT * rows)).toEqual(inputs.slice(0, INPUT_COUNT * rows));
        expect(again.skip.slice(0, SKIP_COUNT * rows)).toEqual(skip.slice(0, SKIP_COUNT * rows));
      }),
      { numRuns: 25, seed: 2 },
    );
    // The last bar that it is learned on does change it.
    const last = perturb(series, { kind: 'move', bar: FIT - 1, factor: 1.05 });
    expect(learnInputScaling(last, FIT)).not.toEqual(scaling);
  });

  it("the scaling of the LSTM's training, with the bars that are kept for early stopping", () => {
    const data = collectTrainingData(sliceSeries(series, 0, FIT), [], 4);
    const stopping = data.samples.stopping[0];
    fc.assert(
      fc.property(anyPerturbation(stopping + 1, FIT), (perturbation) => {
        fc.pre(perturbation.kind !== 'removed');
        const changed = sliceSeries(perturb(series, perturbation), 0, FIT);
        expect(collectTrainingData(changed, [], 4).scaling).toEqual(data.scaling);
      }),
      { numRuns: 20, seed: 3 },
    );
  });

  it("gradient boosting's features, and the bins they are cut into", () => {
    const { columns } = barFeatures(series, 0.01);
    const rows = { from: 100, to: FIT };
    const thresholds = learnBinThresholds(columns, rows);
    fc.assert(
      fc.property(anyPerturbation(FIT, END, { cut: true }), (perturbation) => {
        const changed = barFeatures(perturb(series, perturbation), 0.01).columns;
        expect(learnBinThresholds(changed, rows)).toEqual(thresholds);
        const { bar } = perturbation;
        expect(changed.map((column) => column.slice(0, bar))).toEqual(
          columns.map((column) => column.slice(0, bar)),
        );
      }),
      { numRuns: 15, seed: 4 },
    );
  });

  it('the expanding mean that means are shrunk towards', () => {
    const known = sumReturns(sliceSeries(series, 0, FIT));
    const halves = halfExpandingMeans(series, FIT, END, known);
    fc.assert(
      fc.property(anyPerturbation(FIT, END), (perturbation) => {
        const changed = perturb(series, perturbation);
        const bars = perturbation.bar - FIT + 1;
        const end = Math.min(END, changed.times.length + 1);
        expect(halfExpandingMeans(changed, FIT, end, known).slice(0, bars)).toEqual(halves.slice(0, bars));
      }),
      { numRuns: 40, seed: 5 },
    );
  });
});

/** All members, tuned over two entries of one of them and two mean factors. */
const allMembers: EnsembleConfiguration = {
  ...smallConfiguration,
  ensemble: 'baseline',
  weights: { LSTM: 0.4, ARIMA_GARCH: 0.3, GB: 0.2, TRANSFORMER: 0.1 },
  companions: [companion.symbol],
  refitEvery: REFIT_EVERY,
  grids: { ...smallConfiguration.grids, GB: [QUICK.GB], TRANSFORMER: [QUICK.TRANSFORMER] },
};

interface Pipeline {
  readonly configuration?: EnsembleConfiguration;
  readonly registry?: MemberRegistry;
}

function ensembleFit(bars: Series, other: Series, { configuration = allMembers, registry }: Pipeline) {
  return new EnsembleFit({
    ...{ series: sliceSeries(bars, 0, FIT), train: TRAIN, validation: FIT - TRAIN, scoreFrom: 250 },
    // Not cut here: that is what is tried.
    ...{ companions: [other], configuration, registry },
  });
}

/** The members as they are tuned: fitted on train, their scalers, bins and residuals with them. */
function tunedArtifacts(bars: Series, other: Series, pipeline: Pipeline) {
  const fit = ensembleFit(bars, other, pipeline);
  for (;;) {
    // The first phase of those that end with a choice.
    const { phases } = fit.checkpoint() as unknown as {
      phases: { running: { done: readonly { done: readonly Json[] }[] } };
    };
    const [tuned] = phases.running.done;
    if (tuned !== undefined) return tuned.done;
    fit.step({ expired: () => true });
  }
}

function validated(bars: Series, other: Series, { configuration = allMembers, registry }: Pipeline) {
  const end = bars.times.length;
  const window = { windowId: 369, trainFrom: 0, validationFrom: TRAIN, testFrom: FIT, end };
  const validation = windowValidation({
    judgeFit,
    series: bars,
    window,
    configuration,
    companions: [other],
    registry,
  });
  validation.step(unlimitedBudget);
  return { result: validation.result(), further: scoreFurtherBenchmarks(bars, window) };
}

/** What was forecast for the first bars and how it scored; of the last of them, whose outcome is not known yet, the forecast. */
function knownOf(scored: ScoredForecasts, bars: number) {
  const { mean, scale } = sliceForecasts(scored, 0, bars);
  return { mean, scale, scores: sliceForecasts(scored, 0, bars - 1) };
}

/** Perturbed test bars, of the symbol or of its companion: what was chosen before, and what was forecast before, stays. */
function expectPipelineBlindInTest(pipeline: Pipeline, numRuns: number, endOnFailure = false): void {
  const expected = validated(series, companion, pipeline);
  const property = fc.property(anyPerturbation(FIT, END - 1), fc.boolean(), (perturbation, ofCompanion) => {
    const found = ofCompanion
      ? validated(series, perturb(companion, perturbation), pipeline)
      : validated(perturb(series, perturbation), companion, pipeline);
    const [before, after] = [expected.result, found.result];
    expect(after.hyperparameters).toEqual(before.hyperparameters);
    expect(after.meanFactor).toBe(before.meanFactor);
    expect(after.scored.trialScores).toEqual(before.scored.trialScores);
    for (const part of ['train', 'validation'] as const) {
      expect(after.metrics[part]).toEqual(before.metrics[part]);
      expect(after.benchmarks.noChange[part]).toEqual(before.benchmarks.noChange[part]);
      expect(after.benchmarks.fhs[part]).toEqual(before.benchmarks.fhs[part]);
      expect(after.scored[part]).toEqual(before.scored[part]);
    }
    const bars = ofCompanion ? END - FIT : perturbation.bar - FIT + 1;
    const forecasts = ({ result: { test }, further }: typeof found) =>
      [test.ensemble, ...Object.values(test.members), test.noChange, test.fhs, ...Object.values(further)].map(
        (scored) => knownOf(scored, bars),
      );
    expect(forecasts(found)).toEqual(forecasts(expected));
  });
  const examples = firstAfter([FIT, FIT + REFIT_EVERY]).map(
    (perturbation) => [perturbation, false] as [Perturbation, boolean],
  );
  examples.push([{ kind: 'level', bar: FIT, factor: 3 }, true]);
  fc.assert(property, { numRuns, endOnFailure, examples, seed: 6 });
}

/** Perturbed validation bars, of the symbol or of its companion: what is fitted on train stays. */
function expectTuningBlindToValidation(pipeline: Pipeline, numRuns: number, endOnFailure = false): void {
  const expected = tunedArtifacts(series, companion, pipeline);
  const property = fc.property(anyPerturbation(TRAIN, FIT), fc.boolean(), (perturbation, ofCompanion) => {
    const found = ofCompanion
      ? tunedArtifacts(series, perturb(companion, perturbation), pipeline)
      : tunedArtifacts(perturb(series, perturbation), companion, pipeline);
    expect(found).toEqual(expected);
  });
  const examples = [true, false].flatMap((ofCompanion) =>
    firstAfter([TRAIN]).map((perturbation) => [perturbation, ofCompanion] as [Perturbation, boolean]),
  );
  fc.assert(property, { numRuns, endOnFailure, examples, seed: 7 });
}

describe('the whole pipeline with all members', () => {
  it('chooses and forecasts the same, whatever comes later in test', () => {
    expectPipelineBlindInTest({}, 12);
  });

  it('fits on train the same, whatever comes in validation', () => {
    expectTuningBlindToValidation({}, 12);
  });

  it('gives the same result, whatever comes after the window', () => {
    const longer = simulatedSeries(31, END + 30);
    expect(sliceSeries(longer, 0, END)).toEqual(series);
    const window = { windowId: 369, trainFrom: 0, validationFrom: TRAIN, testFrom: FIT, end: END };
    const run = (bars: Series) => {
      const validation = windowValidation({ judgeFit, series: bars, window, configuration: allMembers });
      validation.step(unlimitedBudget);
      return validation.result();
    };
    const expected = run(longer);
    fc.assert(
      fc.property(anyPerturbation(END, END + 30, { cut: true }), (perturbation) => {
        expect(run(perturb(longer, perturbation))).toEqual(expected);
      }),
      { numRuns: 4, seed: 8 },
    );
  });

  it('does see what came before: the last bar of validation changes the forecasts of test, the last of train the fits', () => {
    const moved = (bar: number) => perturb(series, { kind: 'move', bar, factor: 1.02 });
    const first = (bars: Series) => knownOf(validated(bars, companion, {}).result.test.ensemble, 1);
    expect(first(moved(FIT - 1))).not.toEqual(first(series));
    expect(tunedArtifacts(moved(TRAIN - 1), companion, {})).not.toEqual(
      tunedArtifacts(series, companion, {}),
    );
  });
});

/** Not any failure: the forecasts or the fits were seen to differ. */
function expectFound(check: () => void): void {
  let failure: Error | undefined;
  try {
    check();
  } catch (error) {
    failure = error as Error;
  }
  expect(failure?.message).toMatch(/^Property failed/);
  expect((failure!.cause as Error).name).toBe('AssertionError');
}

describe('a leak put in on purpose is found:', () => {
  /** Honest but for what the rule adds. */
  const leaking = (leak: (bars: Series, bar: number) => number): Rule => {
    return (bars, bar) => {
      const seen = leak(bars, bar);
      return {
        mean: 0,
        scale:
          recentScale(bars, bar) * (Number.isFinite(seen) ? 1 + Math.abs(seen) / (1 + Math.abs(seen)) : 3),
      };
    };
  };
  const leaks: Record<string, Rule> = {
    'the close of the bar that is forecast': leaking((bars, bar) => bars.close[bar]),
    'its open': leaking((bars, bar) => bars.open[bar]),
    'its high': leaking((bars, bar) => bars.high[bar]),
    'its low': leaking((bars, bar) => bars.low[bar]),
    'its volume': leaking((bars, bar) => bars.volume[bar] / 1e6),
    'the close of the bar after it': leaking((bars, bar) => bars.close[bar + 1]),
    'volumes scaled by all that are there': leaking(
      (bars, bar) => bars.volume[bar - 1] / bars.volume.reduce((sum, volume) => sum + volume, 0),
    ),
    'how many bars there are': leaking((bars) => bars.times.length),
    'the time of the bar that is forecast': leaking((bars, bar) => Number(bars.times[bar]?.slice(8) ?? 0)),
  };

  it.each(Object.entries(leaks))('a member that sees %s', (_, rule) => {
    expectFound(() => expectBlind(standIn('LSTM', [{}], rule), 100, true));
  });

  it('a fit that reaches behind its slice', () => {
    const honest = standIn('LSTM', [{}], (bars, bar) => ({ mean: 0, scale: recentScale(bars, bar) }));
    const reaching: Forecaster = {
      ...honest,
      fit(bars, hyperparameters, options) {
        const fit = honest.fit(bars, hyperparameters, options);
        const behind = new Float64Array(bars.close.buffer).reduce((sum, close) => sum + close, 0);
        return Object.assign(Object.create(fit), {
          step: () => fit.step(unlimitedBudget),
          result: () => ({ ...fit.result(), toJSON: () => ({ behind }) }),
        });
      },
    };
    expectFound(() => expectBlind(reaching, 20, true));
  });

  const configuration = { ...smallConfiguration, grids: undefined, refitEvery: REFIT_EVERY };
  const withRule = (rule: Rule) => ({
    configuration,
    registry: {
      ...standInRegistry,
      LSTM: { forecaster: standIn('LSTM', [{}], rule), refittedInsideTest: false },
    },
  });

  it('in the whole pipeline, by which its honest twin passes', () => {
    const honest: Rule = (bars, bar) => ({ mean: 0, scale: recentScale(bars, bar) });
    expectPipelineBlindInTest(withRule(honest), 4);
    expectFound(() => expectPipelineBlindInTest(withRule(leaks['its high']), 25, true));
    expectFound(() => expectPipelineBlindInTest(withRule(leaks['its volume']), 25, true));
  });

  it('in tuning: a member that is fitted on companions beyond its cutoff', () => {
    const forecaster = standIn('LSTM', [{}], (bars, bar) => ({ mean: 0, scale: recentScale(bars, bar) }));
    const peeking: Forecaster = {
      ...forecaster,
      fit(bars, hyperparameters, options) {
        const behind = new Float64Array(options.companions![0].close.buffer).reduce(
          (sum, close) => sum + close,
          0,
        );
        const fit = forecaster.fit(bars, hyperparameters, options);
        return Object.assign(Object.create(fit), {
          step: () => fit.step(unlimitedBudget),
          checkpoint: () => fit.checkpoint(),
          progress: () => fit.progress(),
          result: () => ({ ...fit.result(), toJSON: () => ({ behind }) }),
        });
      },
    };
    const registry = { ...standInRegistry, LSTM: { forecaster: peeking, refittedInsideTest: false } };
    expect(() =>
      expectTuningBlindToValidation({ configuration, registry: standInRegistry }, 25),
    ).not.toThrow();
    expectFound(() => expectTuningBlindToValidation({ configuration, registry }, 25, true));
  });
});
