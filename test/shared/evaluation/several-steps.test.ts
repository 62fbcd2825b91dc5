import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assessOverfitting } from '../../../src/shared/divergence/assess-overfitting.ts';
import { judgeFit } from '../../../src/shared/divergence/judge-fit.ts';
import { Combination } from '../../../src/shared/ensemble/combination.ts';
import type { EnsembleConfiguration } from '../../../src/shared/ensemble/ensemble-configuration.ts';
import { EnsembleFit } from '../../../src/shared/ensemble/ensemble-fit.ts';
import type { MemberRegistry } from '../../../src/shared/ensemble/member-registry.ts';
import { scoreBenchmark } from '../../../src/shared/evaluation/benchmarks.ts';
import type { ObservedForecasts } from '../../../src/shared/evaluation/forecast-observer.ts';
import { rollingWindows } from '../../../src/shared/evaluation/rolling-windows.ts';
import { TestPart } from '../../../src/shared/evaluation/test-part.ts';
import { windowValidation } from '../../../src/shared/evaluation/window-validation.ts';
import type { Json } from '../../../src/shared/json.ts';
import { fhs } from '../../../src/shared/models/benchmarks/fhs.ts';
import { unlimitedBudget } from '../../../src/shared/models/forecaster.ts';
import type { PredictiveDistribution } from '../../../src/shared/numerics/distributions/predictive-distribution.ts';
import { logReturns } from '../../../src/shared/series/log-returns.ts';
import { type Series, sliceSeries } from '../../../src/shared/series/series.ts';
import { standInRegistry } from '../ensemble/stand-in-members.ts';
import { copySeries } from '../models/simulated-series.ts';
import { smallConfiguration as preset, smallSeries } from './small-window.ts';

const STEPS = 5;
const series = sliceSeries(smallSeries, 20, 390);
const TRAIN = 280;
const FIT = 330;
const END = 370;
const REFIT_EVERY = 3;

/** Stand-ins whose weights and conformal levels learn, the levels fast enough to show. */
const standIns: EnsembleConfiguration = {
  ...preset,
  grids: undefined,
  weighting: 'calibrated',
  conformalStep: 0.01,
  refitEvery: REFIT_EVERY,
};

function fitEnsemble(bars: Series, steps = STEPS, configuration = standIns, registry = standInRegistry) {
  const fit = new EnsembleFit({
    series: sliceSeries(bars, 0, FIT),
    train: TRAIN,
    validation: FIT - TRAIN,
    ...{ configuration, registry, steps },
    scoreFrom: 250,
  });
  fit.step(unlimitedBudget);
  return fit.result();
}

/** Test as it goes on from a fit; `weights` and `forecasts` are those of the calibrated combination, by bar. */
function runTest(
  bars: Series,
  fit = fitEnsemble(bars),
  { registry = standInRegistry, cut = false }: { registry?: MemberRegistry; cut?: boolean } = {},
) {
  const observed: ObservedForecasts[] = [];
  const begin = (checkpoint?: Json) =>
    new TestPart({
      ...{ series: bars, fitBars: FIT, ensemble: fit.fitted, combinations: fit.combinations, registry },
      ...{ steps: STEPS, refitEvery: REFIT_EVERY, seed: 1, checkpoint },
      observe: (forecasts) => observed.push(forecasts),
    });
  let part = begin();
  while (!part.step(cut ? { expired: () => true } : unlimitedBudget))
    part = begin(JSON.parse(JSON.stringify(part.checkpoint())));
  const own = observed.filter(({ model }) => model === 'calibrated');
  return {
    result: part.result(),
    forecasts: own.flatMap(({ forecasts }) => forecasts),
    weights: own.flatMap(({ weights }) => weights!),
    members: ['LSTM', 'ARIMA_GARCH'].map((name) =>
      observed.filter(({ model }) => model === name).flatMap(({ forecasts }) => forecasts),
    ),
  };
}

/** Prices of one bar changed. */
function perturbed(bar: number, factor: number): Series {
  const changed = copySeries(series);
  for (const column of [changed.open, changed.high, changed.low, changed.close]) column[bar] *= factor;
  return changed;
}

const outcomes = logReturns(series.close, STEPS);
const fitted = fitEnsemble(series);
const tested = runTest(series, fitted);

describe('forecasts over several steps', () => {
  it('are scored by outcomes that lie in one part', () => {
    expect(fitted.train.realised).toEqual(outcomes.slice(249, TRAIN - STEPS));
    expect(fitted.validation.realised).toEqual(outcomes.slice(TRAIN - 1, FIT - STEPS));
    expect(tested.result.combinations.calibrated.realised).toEqual(outcomes.slice(FIT - 1, END - STEPS));
    expect(fitted.trialScores[0]).toHaveLength(FIT - TRAIN - STEPS + 1);
    const scored = scoreBenchmark(fhs, series, TRAIN, TRAIN, FIT, STEPS);
    expect(scored.realised).toEqual(fitted.validation.realised);
  });

  it('have scores of train that no bar of validation changes, and scores of validation that no bar of test does', () => {
    const later = fitEnsemble(perturbed(FIT, 1.5));
    expect(later.validation).toEqual(fitted.validation);
    expect(later.trialScores).toEqual(fitted.trialScores);
    expect(later.combinations.calibrated.toJSON()).toEqual(fitted.combinations.calibrated.toJSON());
    // Nothing to choose, so that train is forecast by the same fit.
    const one = {
      ...standIns,
      meanFactors: [0.5],
      grids: { LSTM: [{ factor: 1 }], ARIMA_GARCH: [{ factor: 1 }] },
    };
    const train = fitEnsemble(series, STEPS, one).train;
    expect(fitEnsemble(perturbed(TRAIN, 1.5), STEPS, one).train).toEqual(train);
    expect(fitEnsemble(perturbed(TRAIN - 1, 1.5), STEPS, one).train).not.toEqual(train);
  });

  it('change with no bar that came later, nor do their weights', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: FIT, max: END - 1 }),
        fc.constantFrom(0.5, 0.97, 1.03, 3),
        (bar, factor) => {
          const changed = runTest(perturbed(bar, factor), fitted);
          const made = bar - FIT + 1;
          expect(changed.forecasts.slice(0, made)).toEqual(tested.forecasts.slice(0, made));
          expect(changed.weights.slice(0, made)).toEqual(tested.weights.slice(0, made));
        },
      ),
      {
        numRuns: 30,
        seed: 1,
        examples: [
          [FIT, 1.5],
          [FIT + STEPS, 1.5],
          [END - STEPS, 1.5],
        ],
      },
    );
  });

  it('are learned from when their outcome has ended, and not before', () => {
    const { weights } = tested;
    // The first outcome of test ends with bar FIT + 4: the forecast after it is the first that may know it.
    for (let i = 1; i < STEPS; i++) expect(weights[i]).toEqual(weights[0]);
    expect(weights[STEPS]).not.toEqual(weights[0]);
  });

  it('are combined as if each bar were learned from by itself, when its outcome has ended', () => {
    const combination = Combination.from(fitted.combinations.calibrated.toJSON());
    const byBar = tested.forecasts.map((_, i) => tested.members.map((forecasts) => forecasts[i]));
    const expected: PredictiveDistribution[] = byBar.map((members, i) => {
      if (i >= STEPS) combination.learn(byBar[i - STEPS], outcomes[FIT - 1 + i - STEPS]);
      return combination.combine(members);
    });
    expect(tested.forecasts).toEqual(expected);
  });

  it('cut after every unit of work and resumed end in the same bits', () => {
    expect(runTest(series, fitted, { cut: true }).result).toEqual(tested.result);
  });

  it('go on without a member that fails inside test, and learn of what the others forecast before', () => {
    const failing: MemberRegistry = {
      ...standInRegistry,
      ARIMA_GARCH: {
        refittedInsideTest: true,
        forecaster: {
          ...standInRegistry.ARIMA_GARCH!.forecaster,
          fit() {
            throw new Error('No more');
          },
        },
      },
    };
    const part = new TestPart({
      ...{ series, fitBars: FIT, ensemble: fitted.fitted, combinations: fitted.combinations },
      ...{ steps: STEPS, refitEvery: REFIT_EVERY, seed: 1, registry: failing, onMemberFailure: 'drop' },
    });
    part.step(unlimitedBudget);
    const { combinations, dropped, lastCalibratedWeights } = part.result();
    expect(dropped.map(({ member }) => member)).toEqual(['ARIMA_GARCH']);
    expect(lastCalibratedWeights).toEqual([1]);
    expect(combinations.calibrated.realised).toHaveLength(END - FIT - STEPS + 1);
  });
});

describe('a window over several steps', () => {
  const window = { windowId: END - 1, trainFrom: 0, validationFrom: TRAIN, testFrom: FIT, end: END };
  const validate = (bars: Series) => {
    const validation = windowValidation({
      ...{ series: bars, window, configuration: preset, steps: STEPS },
      judgeFit: (train, validation) => judgeFit(train, validation, undefined, STEPS),
    });
    validation.step(unlimitedBudget);
    return validation.result();
  };

  it('of the real members has as many outcomes of the benchmarks, dated by the bars that they end with', () => {
    const { metrics, benchmarks, calibration, scored, test } = validate(series);
    expect(test.times).toEqual(series.times.slice(FIT + STEPS - 1, END));
    expect(test.ensemble.realised).toEqual(outcomes.slice(FIT - 1, END - STEPS));
    for (const part of ['train', 'validation', 'test'] as const) {
      expect(benchmarks.fhs[part].bars).toBe(metrics[part].bars);
      expect(scored[part].benchmarkCrps).toHaveLength(metrics[part].bars);
    }
    // 46 outcomes of validation, of which 10 do not overlap: too few to learn weights from.
    expect(calibration.decided).toMatchObject({ method: 'preset', samples: 10 });
    expect(assessOverfitting(scored, { horizon: STEPS }).implausibleSkill).toEqual([]);
  });

  it('needs so many bars more in each part, less one', () => {
    const sizes = { train: 100, validation: 24, test: 24, step: 24 };
    expect(rollingWindows(200, sizes, STEPS).length).toBeGreaterThan(0);
    expect(() => rollingWindows(200, { ...sizes, test: 23 }, STEPS)).toThrow(
      "The window's test is 23, but must be a whole number of bars, at least 24",
    );
  });
});
