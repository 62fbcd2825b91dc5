import { describe, expect, it } from 'vitest';
import { SimulatedGarchFilter } from '../../../../src/shared/models/benchmarks/simulated-garch-filter.ts';
import { distributionFromResiduals } from '../../../../src/shared/models/empirical-residuals.ts';
import { convolvedDistribution } from '../../../../src/shared/models/over-steps/convolved-distribution.ts';
import { CumulatedResiduals } from '../../../../src/shared/models/over-steps/cumulated-residuals.ts';
import {
  PATHS,
  pathStrata,
  residualsByStratum,
} from '../../../../src/shared/models/over-steps/residual-paths.ts';
import { revertingVariances } from '../../../../src/shared/models/over-steps/reverting-variances.ts';
import { normalQuantile } from '../../../../src/shared/numerics/distributions/normal.ts';
import { QUANTILE_LEVELS } from '../../../../src/shared/numerics/distributions/predictive-distribution.ts';

/** Standard normal residuals at equal distances of probability. */
const normals = Float64Array.from({ length: 1000 }, (_, i) => normalQuantile((i + 0.5) / 1000));
/** Nine in ten are small, one is large: kurtosis 8.2. */
const fatTailed = normals.map((z, i) => (i % 10 === 0 ? 2.4 : 0.68) * z).sort();
const GARCH = { variance: 'garch', gamma: 0, firstVariance: 1e-4 } as const;
const CONSTANT = { ar: [], ma: [], mean: 0.001 };

const spread = (quantiles: Float64Array, level: number) => {
  const place = Math.round((1 - level) * 100) - 1;
  return quantiles[quantiles.length - 1 - place] - quantiles[place];
};

describe('paths of residuals', () => {
  it('draw each residual of a full pool once at each step, in another order', () => {
    const residuals = residualsByStratum(normals);
    const drawn = pathStrata()
      .slice(0, 2)
      .map((strata) => Float64Array.from(strata, (stratum) => residuals[stratum]));
    expect(drawn[0]).not.toEqual(drawn[1]);
    for (const step of drawn) expect(step.sort()).toEqual(normals);
  });

  it('draw residuals of a pool that is not full about equally often', () => {
    const residuals = residualsByStratum(normals.subarray(0, 300));
    for (const value of new Set(residuals)) {
      const count = residuals.filter((other) => other === value).length;
      expect(count === 3 || count === 4).toBe(true);
    }
    expect(new Set(residuals).size).toBe(300);
  });
});

describe('one-step residuals convolved over several steps', () => {
  it('stay normal when they are', () => {
    const { quantiles } = convolvedDistribution({ mean: 0.01, scale: 0.05 }, 20, normals);
    quantiles.forEach((quantile, i) => {
      if (QUANTILE_LEVELS[i] < 0.02 || QUANTILE_LEVELS[i] > 0.98) return;
      expect(Math.abs(quantile - normalQuantile(QUANTILE_LEVELS[i], 0.01, 0.05))).toBeLessThan(0.006);
    });
  });

  it('lose their fat tails over many steps, and keep them where one step has nearly all of the variance', () => {
    const ratio = (variances: Float64Array) => {
      const { quantiles } = convolvedDistribution({ mean: 0, scale: 1, variances }, 20, fatTailed);
      return spread(quantiles, 0.98) / spread(quantiles, 0.5);
    };
    const normal =
      spread(
        normals.filter((_, i) => (i + 1) % 5 === 0),
        0.98,
      ) /
      (2 * normalQuantile(0.75));
    const even = ratio(new Float64Array(20).fill(1));
    const one = ratio(Float64Array.from({ length: 20 }, (_, step) => (step === 0 ? 1 : 1e-6)));
    expect(even).toBeLessThan(1.15 * normal);
    expect(one).toBeGreaterThan(1.3 * normal);
  });

  it('have the scale that they are given, whatever the variances add up to', () => {
    const variances = Float64Array.of(1, 4);
    const held = convolvedDistribution({ mean: 0, scale: 0.5, variances }, 2, normals);
    const free = convolvedDistribution({ mean: 0, scale: 1, variances }, 2, normals);
    held.quantiles.forEach((quantile, i) => {
      expect(quantile).toBeCloseTo(free.quantiles[i] / 2, 12);
    });
  });
});

describe('residuals over several steps', () => {
  const expected = { mean: 0, scale: 1 };

  it('take part when their outcome has ended, and not before', () => {
    const outcomes = new Float64Array(300).fill(3);
    const residuals = new CumulatedResiduals(5, outcomes);
    const convolved = convolvedDistribution(expected, 5, normals);
    residuals.keep(10, expected);
    residuals.endBefore(14);
    expect(residuals.distribution(expected, normals)).toEqual(convolved);
    residuals.endBefore(15);
    expect(residuals.distribution(expected, normals)).not.toEqual(convolved);
  });

  it('count half from 50 outcomes that do not overlap on, and in proportion before', () => {
    // Every residual is 3, so that their share is how far the median lies towards it.
    const outcomes = new Float64Array(2000).fill(3);
    const shareAfter = (bars: number) => {
      const residuals = new CumulatedResiduals(5, outcomes);
      for (let bar = 1; bar <= bars; bar++) residuals.keep(bar, expected);
      residuals.endBefore(bars + 5);
      const { quantiles } = residuals.distribution(expected, normals);
      const convolved = convolvedDistribution(expected, 5, normals);
      return (quantiles[99] - convolved.quantiles[99]) / (3 - convolved.quantiles[99]);
    };
    expect(shareAfter(50)).toBeCloseTo(0.1, 10);
    expect(shareAfter(250)).toBeCloseTo(0.5, 10);
    expect(shareAfter(1500)).toBeCloseTo(0.5, 10);
  });

  it('bring the scale to what came of forecasts that were too narrow', () => {
    const outcomes = Float64Array.from({ length: 1500 }, (_, i) => 2 * normals[(i * 367) % 1000]);
    const residuals = new CumulatedResiduals(5, outcomes);
    for (let bar = 1; bar <= 1000; bar++) residuals.keep(bar, expected);
    residuals.endBefore(1005);
    const { quantiles } = residuals.distribution(expected, normals);
    expect(spread(quantiles, 0.8) / (2 * normalQuantile(0.9))).toBeCloseTo(1.5, 1);
  });
});

describe('simulated GARCH', () => {
  it('walks each path by its own shocks', () => {
    const filter = new SimulatedGarchFilter(CONSTANT, { ...GARCH, omega: 1e-5, alpha: 0.1, beta: 0.8 });
    // One residual: every path is the same, and can be written down.
    let variance = 4e-4;
    let expected = 0;
    for (let step = 0; step < 3; step++) {
      const shock = 2 * Math.sqrt(variance);
      expected += 0.001 + shock;
      variance = 1e-5 + 0.1 * shock * shock + 0.8 * variance;
    }
    const paths = filter.simulate(3, 0.02, Float64Array.of(2));
    expect(paths).toHaveLength(PATHS);
    expect(paths[0]).toBeCloseTo(expected, 12);
    expect(paths[PATHS - 1]).toBeCloseTo(expected, 12);
  });

  it('is the convolution where the variance is constant', () => {
    const filter = new SimulatedGarchFilter(CONSTANT, { ...GARCH, omega: 1e-4, alpha: 0, beta: 0 });
    const paths = filter.simulate(20, 0.01, fatTailed);
    const { quantiles } = distributionFromResiduals(0, 1, paths);
    const scale = 0.01 * Math.sqrt(20);
    const convolved = convolvedDistribution({ mean: 0.02, scale }, 20, fatTailed);
    quantiles.forEach((quantile, i) => {
      expect(quantile).toBeCloseTo(convolved.quantiles[i], 12);
    });
  });

  it('has fatter tails than the convolution where the variance answers to shocks', () => {
    const filter = new SimulatedGarchFilter(CONSTANT, { ...GARCH, omega: 2e-6, alpha: 0.18, beta: 0.8 });
    const { quantiles } = distributionFromResiduals(0, 1, filter.simulate(20, 0.01, normals));
    expect(spread(quantiles, 0.98) / spread(quantiles, 0.5)).toBeGreaterThan(1.15 * (2.326 / 0.6745));
  });
});

describe('variances that return to their mean', () => {
  it('shrink their distance from it by the persistence with each step', () => {
    expect(Array.from(revertingVariances(3, 5, 1, 0.5))).toEqual([5, 3, 2]);
    expect(Array.from(revertingVariances(3, 5, 1, 0))).toEqual([5, 1, 1]);
  });
});
