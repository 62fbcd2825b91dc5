import { describe, expect, it } from 'vitest';
import { ARMA_GRID, chooseArimaOrder } from '../../../../src/shared/models/arima/choose-arima-order.ts';
import { arimaGarch } from '../../../../src/shared/models/arima-garch/arima-garch.ts';
import {
  type FittedForecaster,
  type Hyperparameters,
  unlimitedBudget,
} from '../../../../src/shared/models/forecaster.ts';
import { QUANTILE_LEVELS } from '../../../../src/shared/models/predictive-distribution.ts';
import { logReturns } from '../../../../src/shared/series/log-returns.ts';
import { type Series, sliceSeries } from '../../../../src/shared/series/series.ts';
import { sp500 } from '../../series/sp500.ts';
import { describeForecasterConformance } from '../conformance.ts';
import { copySeries, simulatedSeries } from '../simulated-series.ts';

/** Every variant of the grid, and those that a configuration may ask for beside it. */
const variants: readonly Hyperparameters[] = [
  ...arimaGarch.grid,
  { variance: 'garch', innovations: 'normal' },
  { variance: 'garch', innovations: 't', distribution: 'empirical' },
  { variance: 'gjr', innovations: 'normal', distribution: 'empirical' },
  { variance: 'egarch', innovations: 'normal', distribution: 'empirical' },
  { variance: 'egarch', innovations: 't', distribution: 'empirical' },
  { variance: 'gjr', innovations: 't', distribution: 't' },
];

describeForecasterConformance(arimaGarch, { hyperparameters: variants });

function fitted(series: Series, hyperparameters: Hyperparameters): FittedForecaster {
  const fitting = arimaGarch.fit(series, hyperparameters, { seed: 1 });
  fitting.step(unlimitedBudget);
  return fitting.result();
}

describe('ARIMA_GARCH', () => {
  it('forecasts the empirical shape by default', () => {
    const series = simulatedSeries(3, 400);
    const plain = fitted(series, { variance: 'gjr', innovations: 't' });
    const named = fitted(series, { variance: 'gjr', innovations: 't', distribution: 'empirical' });
    expect(plain.predict(series)).toEqual(named.predict(series));
  });

  it('with the t distribution forecasts a symmetric shape with the variance of its scale', () => {
    const series = simulatedSeries(3, 400);
    const { mean, scale, quantiles } = fitted(series, {
      variance: 'realized',
      innovations: 't',
      distribution: 't',
    }).predict(series);
    QUANTILE_LEVELS.forEach((_, k) => {
      expect(quantiles[k] - mean).toBeCloseTo(mean - quantiles[198 - k], 12);
    });
    // The variance between the outermost quantiles, by the trapezium rule, is a little less than the whole.
    let variance = 0;
    for (let k = 1; k < quantiles.length; k++) {
      const [a, b] = [quantiles[k - 1] - mean, quantiles[k] - mean];
      variance += (a * a + a * b + b * b) / 3 / 200;
    }
    expect(variance / scale ** 2).toBeGreaterThan(0.75);
    expect(variance / scale ** 2).toBeLessThan(1);
  });

  it.each(['normal', 'student', undefined])(
    'refuses the t distribution with innovations %s',
    (innovations) => {
      const set = { variance: 'gjr', innovations, distribution: 't' } as unknown as Hyperparameters;
      expect(() => arimaGarch.fit(simulatedSeries(3, 400), set, { seed: 1 })).toThrow(
        expect.objectContaining({ code: 'invalid_hyperparameters' }),
      );
    },
  );

  it('has the mean that the choice of ARIMA orders gives', () => {
    const orders = ARMA_GRID.filter(({ p, q }) => p < 2 && q < 2);
    for (const seed of [3, 4, 5]) {
      const series = simulatedSeries(seed, 400);
      const { ar, ma, constant } = chooseArimaOrder(logReturns(series.close), orders).fit;
      const { arma } = fitted(series, { variance: 'gjr', innovations: 't' }).toJSON() as { arma: object };
      expect(arma).toEqual({ ar, ma, mean: constant });
    }
  });

  it('refuses artifacts without a parameter of their volatility model', () => {
    const artifact = fitted(simulatedSeries(3, 400), {
      variance: 'realized',
      innovations: 't',
    }).toJSON() as Record<string, object>;
    expect(() => arimaGarch.restore(artifact as never)).not.toThrow();
    for (const parameter of Object.keys(artifact.volatility)) {
      const { [parameter]: _, ...rest } = artifact.volatility as Record<string, unknown>;
      expect(() => arimaGarch.restore({ ...artifact, volatility: rest } as never)).toThrow(
        expect.objectContaining({ code: 'invalid_artifact' }),
      );
    }
  });
});

describe('ARIMA_GARCH with realized variance', () => {
  const set = { variance: 'realized', innovations: 't', distribution: 'empirical' };

  it('learns from the range of a bar whose close does not move', () => {
    const series = sliceSeries(sp500(), 3000, 4000);
    const model = fitted(series, set);
    const calm = copySeries(series);
    const wild = copySeries(series);
    const last = series.close.length - 1;
    for (const [bars, room] of [
      [calm, 1.002],
      [wild, 1.05],
    ] as const) {
      bars.open[last] = bars.close[last - 1];
      bars.close[last] = bars.close[last - 1];
      bars.high[last] = bars.close[last] * room;
      bars.low[last] = bars.close[last] / room;
    }
    expect(model.predict(wild).scale).toBeGreaterThan(1.5 * model.predict(calm).scale);
  });

  it('gets along with some bars that have no range, and with no range at all', () => {
    const series = simulatedSeries(5, 500);
    const withoutRange = (keep: (bar: number) => boolean) => {
      const changed = copySeries(series);
      changed.close.forEach((close, bar) => {
        if (keep(bar)) return;
        changed.open[bar] = close;
        changed.high[bar] = close;
        changed.low[bar] = close;
      });
      return changed;
    };
    for (const changed of [withoutRange((bar) => bar % 7 !== 0), withoutRange(() => false)]) {
      const model = fitted(changed, set);
      for (let steps = 1; steps <= 20; steps++) {
        const { scale } = model.predict(changed, steps);
        expect(scale).toBeGreaterThan(0.003 * Math.sqrt(steps));
        expect(scale).toBeLessThan(0.03 * Math.sqrt(steps));
      }
    }
  });
});
