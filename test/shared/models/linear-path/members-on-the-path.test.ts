import { describe, expect, it } from 'vitest';
import { har } from '../../../../src/shared/models/benchmarks/har.ts';
import {
  type FittedForecaster,
  type Forecaster,
  type Hyperparameters,
  unlimitedBudget,
} from '../../../../src/shared/models/forecaster.ts';
import { gradientBoosting } from '../../../../src/shared/models/gradient-boosting/gb.ts';
import { lstm } from '../../../../src/shared/models/lstm/lstm.ts';
import { transformer } from '../../../../src/shared/models/transformer/transformer.ts';
import { type Series, sliceSeries } from '../../../../src/shared/series/series.ts';
import { seriesLedByCovariates } from './series-led-by-covariates.ts';

const FIT = 400;
const BARS = 460;
const series = seriesLedByCovariates(BARS);
const TRAINING = { lookback: 5, learningRate: 0.005, dropout: 0, epochs: 1, batchSize: 64 };
const MEMBERS: [Forecaster, Hyperparameters][] = [
  [har, {}],
  [gradientBoosting, { trees: 10, depth: 2, learningRate: 0.05 }],
  [lstm, { ...TRAINING, hiddenUnits: 4 }],
  [transformer, { ...TRAINING, width: 4, heads: 1 }],
];

/** With covariates' values from bar `from` on changed. */
function changed(from: number, change: (value: number) => number): Series {
  return {
    ...series,
    covariates: series.covariates!.map((one) => ({
      ...one,
      values: one.values.map((value, t) => (t < from ? value : change(value))),
    })),
  };
}

describe.each(MEMBERS.map(([member, set]) => ({ name: member.name, member, set })))(
  '$name on a series with covariates',
  ({ member, set }) => {
    const fitOn = (of: Series): FittedForecaster => {
      const fit = member.fit(sliceSeries(of, 0, FIT), set, { seed: 3 });
      fit.step(unlimitedBudget);
      return fit.result();
    };
    const fitted = fitOn(series);
    const range = fitted.predictRange(series, FIT, BARS);
    const without: Series = { ...series, covariates: undefined };
    const squares = (model: FittedForecaster, of: Series) =>
      model.predictRange(of, FIT, BARS).reduce((sum, { scale }, i) => {
        // The level of the bar before says how wide this one is: see the series.
        const wide = 0.0005 * series.covariates![0].values[FIT + i - 1];
        return sum + Math.log(scale / wide) ** 2;
      }, 0);

    it('forecasts widths that the covariates alone show', () => {
      expect(squares(fitted, series)).toBeLessThan(0.5 * squares(fitOn(without), without));
    });

    it('gives for a range of bars what it gives for each prefix, to the bit', () => {
      for (const i of [0, 7, 59]) {
        expect(fitted.predict(sliceSeries(series, 0, FIT + i))).toEqual(range[i]);
      }
    });

    it('does not see what covariates are from the forecast bar on, and sees the bar before', () => {
      const i = FIT + 20;
      for (const factor of [2, 0.5, Number.NaN]) {
        const found = fitted.predictRange(
          changed(i, (value) => value * factor),
          i,
          i + 1,
        );
        expect(found).toEqual(range.slice(20, 21));
      }
      const [seen] = fitted.predictRange(
        changed(i - 1, (value) => 2 * value),
        i,
        i + 1,
      );
      expect(seen.scale).not.toBe(range[20].scale);
    });

    it('goes on where they are late, or never came', () => {
      const late = changed(FIT + 10, () => Number.NaN);
      for (const of of [late, without]) {
        for (const { scale } of fitted.predictRange(of, FIT, BARS)) {
          expect(scale).toBeGreaterThan(0);
          expect(scale).toBeLessThan(0.5);
        }
        expect(fitted.predict(of, 20).scale).toBeGreaterThan(0);
      }
    });
  },
);
