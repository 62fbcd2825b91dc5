import { describe, expect, it } from 'vitest';
import { restoreEnsemble } from '../../../src/shared/ensemble/fitted-ensemble.ts';
import { defaultConfiguration } from '../../../src/shared/ensemble/presets.ts';
import { LiveFit, type LiveFitInput } from '../../../src/shared/jobs/live-fit.ts';
import type { Json } from '../../../src/shared/json.ts';
import { unlimitedBudget } from '../../../src/shared/models/forecaster.ts';
import { sliceSeries } from '../../../src/shared/series/series.ts';
import { recentScale, standIn, standInRegistry } from '../ensemble/stand-in-members.ts';
import { simulatedSeries } from '../models/simulated-series.ts';

const bars = simulatedSeries(6, 600);
const input: LiveFitInput = {
  series: sliceSeries(bars, 0, 500),
  train: 380,
  validation: 120,
  configuration: { ...defaultConfiguration, weighting: 'calibrated', conformalStep: 0.001 },
  registry: standInRegistry,
};

function run(given: LiveFitInput) {
  const fit = new LiveFit(given);
  expect(fit.step(unlimitedBudget)).toBe(true);
  return fit.result();
}

describe('a fit for a forecast', () => {
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
    let fit = new LiveFit(input);
    let progress = 0;
    let steps = 1;
    for (; !fit.step({ expired: () => true }); steps++) {
      expect(fit.progress()).toBeGreaterThanOrEqual(progress);
      progress = fit.progress();
      fit = new LiveFit({ ...input, checkpoint: JSON.parse(JSON.stringify(fit.checkpoint())) as Json });
      expect(() => fit.result()).toThrow(/not fitted yet/);
    }
    // Fits, comparisons, two scorings and two benchmarks.
    expect(steps).toBeGreaterThan(20);
    expect(fit.result().weights).toEqual(weights);
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
