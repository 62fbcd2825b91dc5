import { describe, expect, it } from 'vitest';
import { MEMORISING, plantedMembers } from '../../../src/cli/rehearse/memorising-member.ts';
import { overfitCandidate } from '../../../src/cli/rehearse/rehearsal-configurations.ts';
import { assessOverfitting } from '../../../src/shared/divergence/assess-overfitting.ts';
import { judgeFit } from '../../../src/shared/divergence/judge-fit.ts';
import { windowValidation } from '../../../src/shared/evaluation/window-validation.ts';
import { unlimitedBudget } from '../../../src/shared/models/forecaster.ts';
import { smallSeries, smallWindow } from '../../shared/evaluation/small-window.ts';

describe('the planted member', () => {
  it('is found out by the divergence of its very first window', () => {
    const validation = windowValidation({
      judgeFit,
      series: smallSeries,
      window: smallWindow,
      configuration: overfitCandidate().configuration,
      registry: plantedMembers,
    });
    validation.step(unlimitedBudget);
    const { divergence } = assessOverfitting(validation.result().scored);
    expect(divergence.divergence).toBeGreaterThan(0.3);
  });

  it('forecasts the same after being stored and restored', () => {
    const { forecaster } = plantedMembers.GB!;
    const fit = forecaster.fit(smallSeries, MEMORISING, { seed: 1 });
    fit.step(unlimitedBudget);
    const fitted = fit.result();
    const restored = forecaster.restore(JSON.parse(JSON.stringify(fitted.toJSON())));
    expect(restored.predict(smallSeries)).toEqual(fitted.predict(smallSeries));
  });

  it('is the real one where it is not asked to memorise', () => {
    const { forecaster } = plantedMembers.GB!;
    expect(forecaster.grid.length).toBeGreaterThan(0);
    const fit = forecaster.fit(smallSeries, { trees: 5, depth: 1, learningRate: 0.1 }, { seed: 1 });
    fit.step(unlimitedBudget);
    expect(fit.result().toJSON()).not.toHaveProperty('memorised');
  });
});
