import { describe, expect, it } from 'vitest';
import { ljungBox } from '../../../../src/shared/evaluation/statistical-tests/ljung-box.ts';
import { arimaGarch } from '../../../../src/shared/models/arima-garch/arima-garch.ts';
import { describeArmaGarch } from '../../../../src/shared/models/arima-garch/describe-arma-garch.ts';
import {
  type Hyperparameters,
  type Json,
  unlimitedBudget,
} from '../../../../src/shared/models/forecaster.ts';
import { type Series, sliceSeries } from '../../../../src/shared/series/series.ts';
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

  it('refuses what is no artifact of the member', () => {
    expect(() => describeArmaGarch({ name: 'FHS' }, window)).toThrow(
      expect.objectContaining({ code: 'invalid_artifact' }),
    );
  });
});
