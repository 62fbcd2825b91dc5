import { describe, expect, it } from 'vitest';
import type { Json } from '../../../../src/shared/json.ts';
import type { ArmaModel } from '../../../../src/shared/models/arima/arma-model.ts';
import { arimaGarch } from '../../../../src/shared/models/arima-garch/arima-garch.ts';
import { armaInnovations } from '../../../../src/shared/models/arima-garch/arma-garch-filter.ts';
import { describeArmaGarch } from '../../../../src/shared/models/arima-garch/describe-arma-garch.ts';
import { type Hyperparameters, unlimitedBudget } from '../../../../src/shared/models/forecaster.ts';
import { garchStandardErrors } from '../../../../src/shared/models/garch/fit-standard-errors.ts';
import type { GarchModel } from '../../../../src/shared/models/garch/garch-model.ts';
import { logReturns } from '../../../../src/shared/series/log-returns.ts';
import { type Series, sliceSeries } from '../../../../src/shared/series/series.ts';
import { ljungBox } from '../../../../src/shared/statistical-tests/ljung-box.ts';
import { sp500 } from '../../series/sp500.ts';

function artifactOf(series: Series, hyperparameters: Hyperparameters): Json {
  const fitting = arimaGarch.fit(series, hyperparameters, { seed: 1 });
  fitting.step(unlimitedBudget);
  return fitting.result().toJSON();
}

const window = sliceSeries(sp500(), 1750, 2751);

describe('the description of a fit', () => {
  it.each(['garch', 'gjr', 'egarch', 'realized'] as const)(
    'of %s has its estimates with standard errors and the tests of its standardised residuals',
    (variance) => {
      const artifact = artifactOf(window, { variance, innovations: 't', distribution: 'empirical' });
      const found = describeArmaGarch(artifact, window);
      const { arma, volatility, nu } = artifact as unknown as {
        arma: { ar: number[]; ma: number[]; mean: number };
        volatility: Record<string, number>;
        nu: number;
      };
      expect(found.returns).toBe(1000);
      expect(found.mean.map(({ estimate }) => estimate)).toEqual([...arma.ar, ...arma.ma, arma.mean]);
      expect(found.volatility.map(({ name }) => name)).toContain('nu');
      for (const { name, estimate, standardError } of found.volatility) {
        expect(estimate).toBe(name === 'nu' ? nu : volatility[name]);
        if (variance === 'gjr' && name === 'alpha') expect(standardError).toBeNull();
        else expect(standardError).toBeGreaterThan(0);
      }
      if (variance === 'gjr') expect(found.atBounds).toEqual(['alpha']);
      expect(found.noStandardErrors).toBeNull();
      const { ljungBox: levels, ljungBoxOfSquares: squares, archLm } = found.residualTests;
      expect(levels!.degreesOfFreedom).toBe(10 - arma.ar.length - arma.ma.length);
      expect(squares!.degreesOfFreedom).toBe(10);
      // The squares of the returns themselves are far from independent; a fit of their variance takes that out.
      const { close } = window;
      const returns = close.subarray(1).map((price, t) => Math.log(price / close[t]));
      const raw = ljungBox(
        returns.map((value) => value * value),
        10,
      )!;
      expect(squares!.statistic).toBeLessThan(raw.statistic / 5);
      expect(archLm!.pValue).toBeGreaterThan(0);
      expect(JSON.parse(JSON.stringify(found))).toEqual(found);
    },
  );

  it('has robust standard errors, and an ARCH-LM test of ten lags', () => {
    const artifact = artifactOf(window, {
      variance: 'garch',
      innovations: 'normal',
      distribution: 'empirical',
    });
    const { arma, volatility } = artifact as unknown as { arma: ArmaModel; volatility: GarchModel };
    const residuals = armaInnovations(logReturns(window.close), arma);
    const specification = { variance: 'garch', innovations: 'normal', mean: 'zero' } as const;
    const errors = garchStandardErrors(residuals, specification, { model: volatility, mu: 0, nu: null });
    const found = describeArmaGarch(artifact, window);
    for (const name of ['omega', 'alpha', 'beta']) {
      const { standardError } = found.volatility.find((parameter) => parameter.name === name)!;
      expect(standardError).toBe(errors.robust![name]);
      expect(standardError).not.toBe(errors.hessian![name]);
    }
    expect(found.residualTests.archLm!.degreesOfFreedom).toBe(10);
  });

  it('says where there are too few ranges to learn from', () => {
    const closes = { ...window, open: window.close, high: window.close, low: window.close };
    const artifact = artifactOf(closes, {
      variance: 'realized',
      innovations: 't',
      distribution: 'empirical',
    });
    const found = describeArmaGarch(artifact, closes);
    expect(found).toMatchObject({ converged: false, noStandardErrors: 'too_few_measures' });
  });

  it('refuses what is no artifact of the member', () => {
    expect(() => describeArmaGarch({ name: 'FHS' }, window)).toThrow(
      expect.objectContaining({ code: 'invalid_artifact' }),
    );
  });
});
