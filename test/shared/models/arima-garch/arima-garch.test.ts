import { describe, expect, it } from 'vitest';
import { ARMA_GRID, chooseArimaOrder } from '../../../../src/shared/models/arima/choose-arima-order.ts';
import { arimaGarch } from '../../../../src/shared/models/arima-garch/arima-garch.ts';
import {
  type FittedForecaster,
  type Hyperparameters,
  unlimitedBudget,
} from '../../../../src/shared/models/forecaster.ts';
import { QUANTILE_LEVELS } from '../../../../src/shared/numerics/distributions/predictive-distribution.ts';
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

describe('artifacts of ARIMA_GARCH with which there is no forecast', () => {
  const artifact = fitted(simulatedSeries(3, 400), {
    variance: 'gjr',
    innovations: 't',
    distribution: 't',
  }).toJSON() as { arma: object; volatility: object; hyperparameters: object; nu: number };
  const { arma, volatility } = artifact;
  const changed = (part: 'arma' | 'volatility' | 'hyperparameters', change: object) => ({
    ...artifact,
    [part]: { ...artifact[part], ...change },
  });
  const realized = fitted(simulatedSeries(3, 400), { variance: 'realized', innovations: 'normal' }).toJSON();
  const egarch = fitted(simulatedSeries(3, 400), { variance: 'egarch', innovations: 'normal' }).toJSON();
  const otherwise = (other: unknown, change: object) => ({
    ...(other as object),
    volatility: { ...(other as { volatility: object }).volatility, ...change },
  });

  it.each<[string, RegExp, object]>([
    ['no hyperparameters', /hyperparameters/, { ...artifact, hyperparameters: undefined }],
    ['a distribution that there is not', /weird/, changed('hyperparameters', { distribution: 'weird' })],
    [
      'another variance than its hyperparameters',
      /egarch/,
      changed('hyperparameters', { variance: 'egarch' }),
    ],
    ['a number for ar', /ar and ma/, changed('arma', { ar: 5 })],
    ['an object for ar', /ar and ma/, changed('arma', { ar: {} })],
    ['a text for ma', /ar and ma/, changed('arma', { ma: 'abc' })],
    ['no mean', /mean/, { ...artifact, arma: { ...arma, mean: null } }],
    ['an autoregression that explodes', /ar 1\.5 is not stationary/, changed('arma', { ar: [1.5] })],
    ['a moving average beyond the unit circle', /ma 1\.5 is not invertible/, changed('arma', { ma: [1.5] })],
    ...[1, 2, 0, -3, null, undefined, 'x'].map(
      (nu) => [`nu ${nu}`, /nu is/, { ...artifact, nu }] as [string, RegExp, object],
    ),
    ['a first variance below 0', /firstVariance is -1/, changed('volatility', { firstVariance: -1 })],
    ['omega 0', /omega is 0/, changed('volatility', { omega: 0 })],
    ['alpha below 0', /alpha is -0.1/, changed('volatility', { alpha: -0.1 })],
    ['a reaction to falls below 0', /alpha \+ gamma/, changed('volatility', { alpha: 0.1, gamma: -0.2 })],
    ['beta below 0', /beta is -0.1/, changed('volatility', { beta: -0.1 })],
    ['beta 2', /persistence/, changed('volatility', { beta: 2 })],
    ['an infinite beta', /beta/, { ...artifact, volatility: { ...volatility, beta: null } }],
    ['beta 1 of EGARCH', /beta is 1/, otherwise(egarch, { beta: 1 })],
    ['beta above 1 of realized GARCH', /beta is 1.1/, otherwise(realized, { beta: 1.1 })],
    ['gamma below 0 of realized GARCH', /gamma is -1/, otherwise(realized, { gamma: -1 })],
    ['no variance of the measures', /measureVariance is 0/, otherwise(realized, { measureVariance: 0 })],
    ['no log-likelihood', /logLikelihood/, { ...artifact, logLikelihood: null }],
    ['no word on convergence', /converged/, { ...artifact, converged: undefined }],
  ])('with %s is refused, and what is wrong named', (_, message, flawed) => {
    expect(() => arimaGarch.restore(flawed as never)).toThrow(
      expect.objectContaining({ name: 'FitError', code: 'invalid_artifact' }),
    );
    expect(() => arimaGarch.restore(flawed as never)).toThrow(message);
  });

  it('but not one whose moving average is on the unit circle', () => {
    expect(() => arimaGarch.restore(changed('arma', { ma: [-1] }) as never)).not.toThrow();
  });
});

describe('checkpoints of ARIMA_GARCH', () => {
  const series = simulatedSeries(3, 400);
  const set = { variance: 'gjr', innovations: 't' };
  /** After so many units. */
  const checkpointAfter = (units: number) => {
    const fitting = arimaGarch.fit(series, set, { seed: 1 });
    for (let unit = 0; unit < units; unit++) fitting.step({ expired: () => true });
    return JSON.parse(JSON.stringify(fitting.checkpoint())) as {
      unit: number;
      state: { arma: object; minima: string[] };
    };
  };
  const found = checkpointAfter(5);
  const withState = (change: object) => ({ ...found, state: { ...found.state, ...change } });

  it.each<[string, unknown]>([
    ['is null', null],
    ['is a text', 'x'],
    ['is at a unit below 0', { unit: -1, state: {} }],
    ['has an empty state', { unit: 2, state: {} }],
    ['has no mean', withState({ arma: null })],
    ['has half a mean', withState({ arma: { ar: [], ma: [], mean: 0 } })],
    ['has a mean that explodes', withState({ arma: { ...found.state.arma, ar: [2] } })],
    ['lacks a minimum', withState({ minima: [] })],
    ['has one that is not base64', withState({ minima: ['!!'] })],
    ['has one that is no doubles', withState({ minima: ['AAAA'] })],
    ['has one of another search', withState({ minima: [found.state.minima[0].slice(0, 32)] })],
    ['has one that is no text', withState({ minima: [7] })],
  ])('that one %s is told at once', (_, checkpoint) => {
    expect(() => arimaGarch.fit(series, set, { seed: 1, checkpoint: checkpoint as never })).toThrow(
      expect.objectContaining({ name: 'FitError', code: 'invalid_artifact' }),
    );
  });

  it('hold whether the mean converged, which counts as the volatility does', () => {
    const convergedWhen = (mean: boolean) => {
      const checkpoint = withState({ arma: { ...found.state.arma, converged: mean } });
      const fitting = arimaGarch.fit(series, set, { seed: 1, checkpoint: checkpoint as never });
      fitting.step(unlimitedBudget);
      return (fitting.result().toJSON() as { converged: boolean }).converged;
    };
    expect(convergedWhen(true)).toBe(true);
    expect(convergedWhen(false)).toBe(false);
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
