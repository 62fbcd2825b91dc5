import { describe, expect, it } from 'vitest';
import { judgeFit } from '../../../src/shared/divergence/judge-fit.ts';
import type { Weighting } from '../../../src/shared/ensemble/ensemble-configuration.ts';
import { restoreEnsemble } from '../../../src/shared/ensemble/fitted-ensemble.ts';
import { defaultConfiguration } from '../../../src/shared/ensemble/presets.ts';
import { type FitProcedureInput, fitProcedure } from '../../../src/shared/evaluation/fit-procedure.ts';
import { windowValidation } from '../../../src/shared/evaluation/window-validation.ts';
import type { Json } from '../../../src/shared/json.ts';
import { type Resumable, unlimitedBudget } from '../../../src/shared/models/forecaster.ts';
import { crpsFromQuantiles } from '../../../src/shared/scores/crps.ts';
import { sliceSeries } from '../../../src/shared/series/series.ts';
import { recentScale, standIn, standInRegistry } from '../ensemble/stand-in-members.ts';
import { simulatedSeries } from '../models/simulated-series.ts';
import { smallConfiguration } from './small-window.ts';

const bars = simulatedSeries(6, 600);
const input: FitProcedureInput = {
  series: sliceSeries(bars, 0, 500),
  train: 380,
  validation: 120,
  configuration: { ...defaultConfiguration, weighting: 'calibrated', conformalStep: 0.001 },
  judgeFit,
  registry: standInRegistry,
};

function finished<Result>(computation: Resumable<Result>): Resumable<Result> {
  expect(computation.step(unlimitedBudget)).toBe(true);
  return computation;
}

function run(given: FitProcedureInput) {
  const { fit, fitted, decision } = finished(fitProcedure(given)).result();
  return { fit, fitted, decision, weights: decision?.weights ?? null };
}

describe('the procedure of a forecast', () => {
  const { fitted, weights } = run(input);

  it('with calibrated weights forecasts by them, and says what they come from', () => {
    expect(weights).toMatchObject({ method: 'calibrated', samples: 120, spanDays: 119, reason: null });
    expect(fitted.members.map(({ weight }) => weight)).toEqual(weights!.weights);
    expect(weights!.weights).not.toEqual([0.5, 0.5]);
    const plain = run({ ...input, configuration: defaultConfiguration });
    expect(plain.weights).toBeNull();
    expect(plain.fitted.members.map(({ weight }) => weight)).toEqual([0.5, 0.5]);
    expect(plain.fitted.predict(bars).distribution).not.toEqual(fitted.predict(bars).distribution);
  });

  it('cut after every unit and resumed elsewhere ends in the same bits', () => {
    let fit = fitProcedure(input);
    let progress = 0;
    let steps = 1;
    for (; !fit.step({ expired: () => true }); steps++) {
      expect(fit.progress()).toBeGreaterThanOrEqual(progress);
      progress = fit.progress();
      fit = fitProcedure({ ...input, checkpoint: JSON.parse(JSON.stringify(fit.checkpoint())) as Json });
      expect(() => fit.result()).toThrow(/no result yet/);
    }
    // Fits, comparisons, two scorings and two benchmarks.
    expect(steps).toBeGreaterThan(20);
    expect(fit.result().decision!.weights).toEqual(weights);
    expect(fit.result().fitted.toJSON()).toEqual(fitted.toJSON());
  });

  it('restores weights and conformal levels from its artifact', () => {
    const restored = restoreEnsemble(JSON.parse(JSON.stringify(fitted.toJSON())) as Json, standInRegistry);
    expect(restored.toJSON()).toEqual(fitted.toJSON());
    expect(restored.predict(bars)).toEqual(fitted.predict(bars));
    expect(restored.withRefitted(new Map()).predict(bars)).toEqual(fitted.predict(bars));
  });

  it('goes back to the preset for what spoke against it before', () => {
    const reversion = { code: 'overfitting', message: 'the latest window says so' } as const;
    const reverted = run({ ...input, reversion });
    expect(reverted.weights).toMatchObject({ method: 'preset', weights: [0.5, 0.5], reason: reversion });
    expect(reverted.fitted.members.map(({ weight }) => weight)).toEqual([0.5, 0.5]);
  });

  it('goes back to the preset when the fit remembers train', () => {
    const memory = standIn('LSTM', [{}], (series, bar, _, fittedBars) => ({
      mean: bar < fittedBars ? Math.log(series.close[bar] / series.close[bar - 1]) : 0,
      scale: recentScale(series, bar),
    }));
    const { weights: reverted } = run({
      ...input,
      configuration: { ...input.configuration, meanFactors: [1] },
      registry: { ...standInRegistry, LSTM: { forecaster: memory, refittedInsideTest: false } },
    });
    expect(reverted).toMatchObject({
      method: 'preset',
      weights: [0.5, 0.5],
      reason: { code: 'divergence', message: expect.stringContaining('train to validation') },
    });
  });

  it('refuses to learn from fewer than 100 scores, and says so', () => {
    const { weights: refused } = run({ ...input, train: 401, validation: 99 });
    expect(refused).toMatchObject({ method: 'preset', samples: 99, reason: { code: 'too_few_samples' } });
  });
});

describe('a window and a forecast at its cutoff', () => {
  // Real members, train and validation of which the first bar is not the first of the series, and bars after them.
  const series = simulatedSeries(21, 490);
  const window = { windowId: 489, trainFrom: 20, validationFrom: 340, testFrom: 450, end: 490 };
  const both = (weighting: Weighting) => {
    const configuration = { ...smallConfiguration, weighting, conformalStep: 0.005 };
    const forecast = fitProcedure({
      ...{ configuration, judgeFit, train: 320, validation: 110 },
      series: sliceSeries(series, 20, 450),
    });
    return {
      forecast: finished(forecast),
      validation: finished(windowValidation({ series, window, configuration, judgeFit })),
    };
  };
  /** What a sequence holds of its first part. */
  const firstPart = (checkpoint: Json) => (checkpoint as { readonly done: readonly Json[] }).done[0];

  it('with learned weights have all in common, to the bit: members, scores, benchmarks and weights', () => {
    const { forecast, validation } = both('calibrated');
    expect(firstPart(validation.checkpoint())).toEqual(forecast.checkpoint());
    const { decision } = forecast.result();
    expect(decision!.weights.method).toBe('calibrated');
    expect(validation.result().calibration.decided).toEqual(decision!.weights);
  });

  it('with preset weights have the fit in common; the forecast spares itself the benchmarks', () => {
    const { forecast, validation } = both('simple_avg');
    expect(firstPart(firstPart(validation.checkpoint()))).toEqual(firstPart(forecast.checkpoint()));
    expect(forecast.result().decision).toBeNull();
    expect(validation.result().calibration.decided.method).toBe('calibrated');
  });

  it.each<Weighting>(['simple_avg', 'calibrated'])(
    'say the same of the first bar after it, with %s',
    (weighting) => {
      const { forecast, validation } = both(weighting);
      const { distribution } = forecast.result().fitted.predict(sliceSeries(series, 20, 450));
      const { ensemble } = validation.result().test;
      expect([ensemble.mean[0], ensemble.scale[0]]).toEqual([distribution.mean, distribution.scale]);
      expect(ensemble.crps[0]).toBe(crpsFromQuantiles(distribution.quantiles, ensemble.realised[0]));
    },
  );

  it('are judged by the same judge, on the same scores', () => {
    const judged: unknown[] = [];
    const reason = { code: 'overfitting', message: 'it is' } as const;
    const judge: FitProcedureInput['judgeFit'] = (...parts) => {
      judged.push(parts);
      return reason;
    };
    const configuration = { ...smallConfiguration, weighting: 'calibrated' } as const;
    const { weights } = run({
      ...{ configuration, judgeFit: judge, train: 320, validation: 110 },
      series: sliceSeries(series, 20, 450),
    });
    const { calibration } = finished(
      windowValidation({ series, window, configuration, judgeFit: judge }),
    ).result();
    expect(weights).toMatchObject({ method: 'preset', reason });
    expect(calibration.decided).toEqual(weights);
    expect(judged.length).toBeGreaterThanOrEqual(2);
    for (const parts of judged) expect(parts).toEqual(judged[0]);
  });
});
