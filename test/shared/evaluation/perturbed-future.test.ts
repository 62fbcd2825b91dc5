import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeFit } from '../../../src/shared/divergence/judge-fit.ts';
import type { EnsembleConfiguration } from '../../../src/shared/ensemble/ensemble-configuration.ts';
import { EnsembleFit } from '../../../src/shared/ensemble/ensemble-fit.ts';
import type { MemberRegistry } from '../../../src/shared/ensemble/member-registry.ts';
import { TestPart } from '../../../src/shared/evaluation/test-part.ts';
import { windowValidation } from '../../../src/shared/evaluation/window-validation.ts';
import { unlimitedBudget } from '../../../src/shared/models/forecaster.ts';
import { type ScoredForecasts, sliceForecasts } from '../../../src/shared/scores/scored-forecasts.ts';
import { type Series, sliceSeries } from '../../../src/shared/series/series.ts';
import { type Rule, recentScale, standIn, standInRegistry } from '../ensemble/stand-in-members.ts';
import { copySeries, simulatedSeries } from '../models/simulated-series.ts';
import { smallConfiguration as preset, smallSeries, smallWindow } from './small-window.ts';

/** Weights and conformal levels learn too, the levels fast enough to show. */
const smallConfiguration = { ...preset, weighting: 'calibrated', conformalStep: 0.01 } as const;
const series = sliceSeries(smallSeries, 20, 390);
const TRAIN = 280;
const FIT = 330;
const SCORED_FROM = 250;

/** The forecasts made before and at bar `bar` (an ordinal of the first scored bar on): mean and scale, not the outcomes. */
function forecastsUpTo(scored: ScoredForecasts, bars: number) {
  const { mean, scale } = sliceForecasts(scored, 0, bars);
  return { mean, scale };
}

/** All prices and the volume of one bar changed. */
function perturbed(bar: number, factor: number): Series {
  const changed = copySeries(series);
  for (const column of [changed.open, changed.high, changed.low, changed.close, changed.volume])
    column[bar] *= factor;
  return changed;
}

/** High and close of one bar half as high again: its range changes too. */
function moved(bar: number): Series {
  const changed = copySeries(series);
  for (const column of [changed.high, changed.close]) column[bar] *= 1.5;
  return changed;
}

function fitEnsemble(
  bars: Series,
  registry?: MemberRegistry,
  configuration: EnsembleConfiguration = smallConfiguration,
) {
  const fit = new EnsembleFit({
    series: sliceSeries(bars, 0, FIT),
    train: TRAIN,
    validation: FIT - TRAIN,
    configuration,
    scoreFrom: SCORED_FROM,
    registry,
  });
  fit.step(unlimitedBudget);
  return fit.result();
}

/** Combined by calibrated weights, which go on learning in test. */
function testPart(
  bars: Series,
  registry?: MemberRegistry,
  configuration: EnsembleConfiguration = smallConfiguration,
) {
  const { combinations, fitted } = fitEnsemble(bars, registry, configuration);
  const part = new TestPart({
    series: bars,
    fitBars: FIT,
    ensemble: fitted,
    combinations,
    refitEvery: 15,
    seed: 1,
    registry,
  });
  part.step(unlimitedBudget);
  return part.result();
}

const testForecasts = (...given: Parameters<typeof testPart>): ScoredForecasts =>
  testPart(...given).combinations.calibrated;

/** Nothing to choose, so that validation forecasts are those of one fit on train. */
const oneTrial = {
  ...smallConfiguration,
  meanFactors: [0.5],
  grids: { ...smallConfiguration.grids, LSTM: smallConfiguration.grids!.LSTM!.slice(0, 1) },
};

const factors = fc.constantFrom(0.5, 0.97, 1.03, 3);

describe('a perturbed bar after the cutoff', () => {
  const tested = testForecasts(series);
  const fitted = fitEnsemble(series);
  const validated = fitEnsemble(series, undefined, oneTrial);

  it('of test changes no forecast made before it came, nor what was tuned and fitted', () => {
    fc.assert(
      fc.property(fc.integer({ min: FIT, max: 369 }), factors, (bar, factor) => {
        const changed = perturbed(bar, factor);
        const refitted = fitEnsemble(changed);
        expect(refitted.fitted.toJSON()).toEqual(fitted.fitted.toJSON());
        expect(refitted.trialScores).toEqual(fitted.trialScores);
        expect(refitted.combinations.calibrated.toJSON()).toEqual(fitted.combinations.calibrated.toJSON());
        const bars = bar - FIT + 1;
        expect(forecastsUpTo(testForecasts(changed), bars)).toEqual(forecastsUpTo(tested, bars));
      }),
      { numRuns: 8, seed: 1 },
    );
  });

  it('of test changes the weights of no bar up to it, and those after it', () => {
    const weightsOfTheLast = (bars: Series) => testPart(bars).lastCalibratedWeights;
    const expected = weightsOfTheLast(series);
    expect(expected).not.toEqual(fitted.combinations.calibrated.weights);
    expect(weightsOfTheLast(perturbed(369, 1.5))).toEqual(expected);
    expect(weightsOfTheLast(perturbed(360, 1.5))).not.toEqual(expected);
  });

  it('of validation changes the weights and levels that are learned', () => {
    const changed = fitEnsemble(perturbed(FIT - 1, 1.03), undefined, oneTrial);
    const state = validated.combinations.calibrated;
    expect(changed.combinations.calibrated.weights).not.toEqual(state.weights);
    expect(changed.combinations.calibrated.levels!.levels).not.toEqual(state.levels!.levels);
  });

  it('of test changes no metric of train and validation', () => {
    const run = (bars: Series) => {
      const window = { ...smallWindow, trainFrom: 0, validationFrom: TRAIN, testFrom: FIT, end: 370 };
      const validation = windowValidation({
        judgeFit,
        series: bars,
        window,
        configuration: smallConfiguration,
      });
      validation.step(unlimitedBudget);
      return validation.result();
    };
    const expected = run(series);
    const found = run(perturbed(FIT, 1.5));
    expect(found.hyperparameters).toEqual(expected.hyperparameters);
    for (const part of ['train', 'validation'] as const) {
      expect(found.metrics[part]).toEqual(expected.metrics[part]);
      expect(found.benchmarks.noChange[part]).toEqual(expected.benchmarks.noChange[part]);
      expect(found.benchmarks.fhs[part]).toEqual(expected.benchmarks.fhs[part]);
    }
    expect(found.metrics.test).not.toEqual(expected.metrics.test);
  });

  it('of validation changes no forecast of train, and none of validation made before it came', () => {
    fc.assert(
      fc.property(fc.integer({ min: TRAIN, max: FIT - 1 }), factors, (bar, factor) => {
        const changed = fitEnsemble(perturbed(bar, factor), undefined, oneTrial);
        expect(changed.train).toEqual(validated.train);
        const bars = bar - TRAIN + 1;
        expect(forecastsUpTo(changed.validation, bars)).toEqual(forecastsUpTo(validated.validation, bars));
      }),
      { numRuns: 8, seed: 2 },
    );
  });

  it('does change the forecasts made after it', () => {
    const changed = testForecasts(perturbed(340, 1.05));
    expect(changed.scale[11]).not.toBe(tested.scale[11]);
    expect(changed.mean[39]).not.toBe(tested.mean[39]);
  });

  it.each<[string, Rule]>([
    [
      'has a scale of bars to come',
      (bars, bar) => ({ mean: 0, scale: recentScale(bars, Math.min(bar + 2, bars.times.length)) }),
    ],
    [
      'has a mean with a twentieth of the return to come',
      (bars, bar) => ({
        mean: bar < bars.times.length ? 0.05 * Math.log(bars.close[bar] / bars.close[bar - 1]) : 0,
        scale: recentScale(bars, bar),
      }),
    ],
    [
      "knows the day's range",
      (bars, bar) => ({
        mean: 0,
        scale:
          recentScale(bars, bar) *
          (bar < bars.times.length ? 1 + Math.log(bars.high[bar] / bars.low[bar]) : 1),
      }),
    ],
  ])('is noticed when a member looks ahead and %s: the test can fail', (_, rule) => {
    const peeking = standIn('LSTM', [{}], rule);
    const registry = { ...standInRegistry, LSTM: { forecaster: peeking, refittedInsideTest: false } };
    const configuration = { ...smallConfiguration, grids: undefined, meanFactors: [1] };
    const before = testForecasts(series, registry, configuration);
    const after = testForecasts(moved(345), registry, configuration);
    expect(forecastsUpTo(after, 16)).not.toEqual(forecastsUpTo(before, 16));
    // The honest stand-ins pass the same check.
    const honest = testForecasts(series, standInRegistry, configuration);
    const still = testForecasts(moved(345), standInRegistry, configuration);
    expect(forecastsUpTo(still, 16)).toEqual(forecastsUpTo(honest, 16));
  });
});

describe('a perturbed bar of a companion', () => {
  const companion = sliceSeries(simulatedSeries(23, 390), 20, 390);
  /** Bars, and epochs enough, for a network that is better than the initial one, which knows no companion. */
  const taught = sliceSeries(simulatedSeries(31, 390), 20, 390);
  const learning = {
    ...oneTrial,
    grids: { ...oneTrial.grids, LSTM: [{ ...oneTrial.grids.LSTM[0], epochs: 12, networks: 8 }] },
  };
  const fitWith = (other: Series) => {
    const fit = new EnsembleFit({
      series: sliceSeries(taught, 0, FIT),
      train: TRAIN,
      validation: FIT - TRAIN,
      configuration: learning,
      companions: [other],
      scoreFrom: SCORED_FROM,
    });
    fit.step(unlimitedBudget);
    return fit.result();
  };
  const perturbedAt = (bar: number) => {
    const changed = copySeries(companion);
    for (const column of [changed.open, changed.high, changed.low, changed.close]) column[bar] *= 1.1;
    return changed;
  };
  const original = fitWith(companion);

  it('after the cutoff changes nothing', () => {
    expect(fitWith(perturbedAt(FIT)).fitted.toJSON()).toEqual(original.fitted.toJSON());
  });

  it('of validation changes no forecast of the fit on train, and changes the refit', () => {
    const changed = fitWith(perturbedAt(TRAIN + 3));
    expect(changed.validation).toEqual(original.validation);
    expect(changed.fitted.toJSON()).not.toEqual(original.fitted.toJSON());
  });

  it('of train changes the fit', () => {
    expect(fitWith(perturbedAt(TRAIN - 60)).validation).not.toEqual(original.validation);
  });
});
