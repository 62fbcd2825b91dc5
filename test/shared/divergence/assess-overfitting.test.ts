import { describe, expect, it } from 'vitest';
import { assessOverfitting } from '../../../src/shared/divergence/assess-overfitting.ts';
import { rawDivergence } from '../../../src/shared/divergence/raw-divergence.ts';
import type { ScoredPart, ScoredWindow } from '../../../src/shared/evaluation/scored-window.ts';
import { SeededRandom } from '../../../src/shared/numerics/random.ts';
import { crpsNormal } from '../scores/reference/crps-normal.ts';
import {
  leak,
  type Model,
  meanModel,
  memoriser,
  noChangeModel,
  scaleMemoriser,
  simulatedWindow,
} from './simulated-windows.ts';

const WINDOWS = 100;

/** Forecasts that are those of the benchmark: no correlation with anything. */
const saysNothing = {
  expectedMean: new Float64Array(250),
  mean: new Float64Array(250),
  scale: new Float64Array(250).fill(1),
  realised: new Float64Array(250),
};

function shareFlagged(model: Model, shift: number, windows = WINDOWS): number {
  let flagged = 0;
  for (let seed = 0; seed < windows; seed++) {
    if (assessOverfitting(simulatedWindow(seed, shift, model)).verdict.isOverfitting) flagged++;
  }
  return flagged / windows;
}

/** Of models that are noise, the one with the smallest CRPS on validation, with all trials' scores. */
function bestOfMany(seed: number, trials: number): ScoredWindow {
  const random = new SeededRandom(1000 + seed);
  const known = simulatedWindow(seed, 1, meanModel);
  const { realised, expectedVolatility } = known.validation;
  const total = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);
  const tried = Array.from({ length: trials }, () => {
    const state = random.state();
    return {
      state,
      crps: realised.map((value, i) =>
        crpsNormal(0.1 * expectedVolatility[i] * random.normal(), expectedVolatility[i], value),
      ),
    };
  });
  const sums = tried.map(({ crps }) => total(crps));
  const winner = SeededRandom.fromState(tried[sums.indexOf(Math.min(...sums))].state);
  const other = new SeededRandom(5000 + seed);
  const scored = simulatedWindow(seed, 1, ({ name, volatility }, i) => ({
    mean: 0.1 * volatility[i] * (name === 'validation' ? winner : other).normal(),
    scale: volatility[i],
  }));
  return { ...scored, trialScores: tried.map(({ crps }) => crps) };
}

describe('no change', () => {
  it.each([1, 0.5, 2])('is never called overfitted with volatility times %d in test', (shift) => {
    expect(shareFlagged(noChangeModel, shift)).toBe(0);
  });

  it('has no divergence at all, where the raw measure sees volatility move', () => {
    const window = simulatedWindow(1, 2, noChangeModel);
    const found = assessOverfitting(window);
    expect(found.divergence.divergence).toBe(0);
    expect(found.volatilityShift).toBeGreaterThan(1.3);
    expect(found.rawDivergence).toBeGreaterThan(0.3);
    expect(found.rawDivergence).toBeCloseTo(rawDivergence(1, found.volatilityShift), 12);
  });
});

describe('a model with nothing to overfit', () => {
  it.each([
    [1, 0.03],
    [0.5, 0.05],
    [2, 0.05],
  ])('with volatility times %d in test is flagged in at most %d of windows', (shift, allowed) => {
    expect(shareFlagged(meanModel, shift)).toBeLessThanOrEqual(allowed);
  });
});

describe('a memoriser', () => {
  it.each([1, 0.5, 2])('is flagged in every window with volatility times %d in test', (shift) => {
    expect(shareFlagged(memoriser, shift)).toBe(1);
  });

  it('is told why: by its fit optimism and its divergence', () => {
    const { verdict } = assessOverfitting(simulatedWindow(1, 1, memoriser));
    expect(verdict.reasons.some((reason) => reason.startsWith('Fit optimism of squared error'))).toBe(true);
    expect(verdict.reasons.some((reason) => reason.startsWith('Divergence of RMSE'))).toBe(true);
    expect(verdict.level).toBe('critical');
  });

  it('of scale alone is flagged too, though its mean is that of no change', () => {
    expect(shareFlagged(scaleMemoriser, 1)).toBe(1);
    const found = assessOverfitting(simulatedWindow(1, 1, scaleMemoriser));
    expect(found.divergence.divergence).toBe(0);
    expect(found.verdict.reasons.every((reason) => reason.includes('CRPS'))).toBe(true);
  });
});

describe('the best of many trials', () => {
  it('is told by what choosing it gains, more often than by its gap alone', () => {
    let flagged = 0;
    let byGap = 0;
    for (let seed = 0; seed < 12; seed++) {
      const window = bestOfMany(seed, 300);
      const { selectionBias, verdict } = assessOverfitting(window);
      expect(selectionBias).toBeGreaterThan(0.007);
      if (verdict.isOverfitting) flagged++;
      if (assessOverfitting({ ...window, trialScores: [] }).verdict.isOverfitting) byGap++;
    }
    expect(flagged).toBeGreaterThanOrEqual(8);
    expect(byGap).toBeLessThan(flagged);
  });

  it('says so', () => {
    const reasons = Array.from(
      { length: 4 },
      (_, seed) => assessOverfitting(bestOfMany(seed, 300)).verdict.reasons,
    ).flat();
    expect(reasons.some((reason) => reason.startsWith('Selection bias: choosing among the trials'))).toBe(
      true,
    );
  });
});

describe('a leak', () => {
  it('is implausible skill in every window, and hardly ever overfitting: it is as good on test', () => {
    let overfitting = 0;
    for (let seed = 0; seed < WINDOWS; seed++) {
      const found = assessOverfitting(simulatedWindow(seed, 1, leak));
      expect(found.implausibleSkill).not.toEqual([]);
      if (found.verdict.isOverfitting) overfitting++;
    }
    expect(overfitting / WINDOWS).toBeLessThanOrEqual(0.05);
  });

  it('is not seen where there is none', () => {
    for (const model of [noChangeModel, meanModel, memoriser]) {
      expect(assessOverfitting(simulatedWindow(1, 1, model)).implausibleSkill).toEqual([]);
    }
  });
});

describe('the verdict', () => {
  const window = simulatedWindow(3, 1, memoriser);

  it('counts the trials, and gives no probability for fewer than eight', () => {
    expect(assessOverfitting(window)).toMatchObject({ trials: 0, backtestOverfittingProbability: null });
    const trialScores = Array.from({ length: 8 }, (_, t) => window.validation.crps.map((value) => value + t));
    expect(assessOverfitting({ ...window, trialScores })).toMatchObject({
      trials: 8,
      backtestOverfittingProbability: 0,
    });
  });

  it('uses the threshold it is given', () => {
    const { verdict } = assessOverfitting(window, { threshold: 1000 });
    expect(verdict.threshold).toBe(1000);
    expect(verdict.reasons.some((reason) => reason.startsWith('Divergence'))).toBe(false);
    expect(assessOverfitting(window).verdict.threshold).toBe(0.2);
  });

  it('lets no gap below its floor count, however significant', () => {
    // Every bar of validation a hair worse than every bar of train: p is 0, the optimism 0.001.
    const flat = (difference: number) => ({
      squaredErrors: new Float64Array(250).fill(1 + difference),
      crps: new Float64Array(250).fill(0.5),
      benchmarkSquaredErrors: new Float64Array(250).fill(1),
      benchmarkCrps: new Float64Array(250).fill(0.5),
      expectedVolatility: new Float64Array(250).fill(1),
      ...saysNothing,
    });
    const found = assessOverfitting({
      train: flat(-0.001),
      validation: flat(0),
      test: flat(0),
      trialScores: [],
    });
    expect(found.fitOptimism.squaredError.pValue).toBeLessThan(1e-9);
    expect(found.verdict).toMatchObject({ isOverfitting: false, reasons: [] });
    const larger = assessOverfitting({
      train: flat(-0.09),
      validation: flat(0),
      test: flat(0),
      trialScores: [],
    });
    expect(larger.verdict.isOverfitting).toBe(true);
  });

  it('refuses a part without bars', () => {
    const empty = { ...window.test, squaredErrors: new Float64Array(0) };
    expect(() => assessOverfitting({ ...window, test: empty })).toThrow(RangeError);
  });
});

describe('each measure', () => {
  /** 250 bars with constant relative scores, and a little noise that is the same in every part. */
  const part = (relativeSquaredError: number, relativeCrps: number): ScoredPart => {
    const noise = Float64Array.from({ length: 250 }, (_, i) => 1 + 0.01 * ((i * 7919) % 13));
    return {
      squaredErrors: noise.map((value) => relativeSquaredError * value),
      crps: noise.map((value) => relativeCrps * value),
      benchmarkSquaredErrors: noise,
      benchmarkCrps: noise,
      expectedVolatility: new Float64Array(250).fill(1),
      ...saysNothing,
    };
  };
  const mean =
    1 + (0.01 * Array.from({ length: 250 }, (_, i) => (i * 7919) % 13).reduce((a, b) => a + b)) / 250;

  it('looks at its own parts', () => {
    const found = assessOverfitting({
      train: part(0.9, 0.8),
      validation: part(0.96, 0.85),
      test: part(1.05, 0.95),
      trialScores: [],
    });
    expect(found.selectionGap.squaredError.gap).toBeCloseTo((1.05 - 0.96) * mean, 10);
    expect(found.selectionGap.crps.gap).toBeCloseTo((0.95 - 0.85) * mean, 10);
    expect(found.fitOptimism.squaredError.gap).toBeCloseTo((0.96 - 0.9) * mean, 10);
    expect(found.fitOptimism.crps.gap).toBeCloseTo((0.85 - 0.8) * mean, 10);
    expect(found.divergence.relative).toEqual({
      train: expect.closeTo(Math.sqrt(0.9), 12),
      validation: expect.closeTo(Math.sqrt(0.96), 12),
      test: expect.closeTo(Math.sqrt(1.05), 12),
    });
    // RMSE by test alone, and CRPS by validation and test: the RMSE of train and validation would be implausible.
    expect(found.implausibleSkill).toEqual([
      expect.stringContaining('CRPS on validation and test is 0.8500 and 0.9500'),
    ]);
    expect(found.volatilityShift).toBeCloseTo(1, 12);
  });

  it.each([
    [0.018, false],
    [0.022, true],
  ])('selection gap of %d per bar counts: %s', (gap, counts) => {
    const { verdict } = assessOverfitting({
      train: part(1, 1),
      validation: part(1, 1),
      test: part(1 + gap / mean, 1),
      trialScores: [],
    });
    expect(verdict.isOverfitting).toBe(counts);
  });
});
