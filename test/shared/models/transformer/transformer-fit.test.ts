import { describe, expect, it } from 'vitest';
import type { Json } from '../../../../src/shared/json.ts';
import { unlimitedBudget } from '../../../../src/shared/models/forecaster.ts';
import { transformer } from '../../../../src/shared/models/transformer/transformer.ts';
import { decodeFloat32, encodeFloat32 } from '../../../../src/shared/numerics/float32-codec.ts';
import { crpsFromQuantiles } from '../../../../src/shared/scores/crps.ts';
import { logReturns } from '../../../../src/shared/series/log-returns.ts';
import { type Series, sliceSeries } from '../../../../src/shared/series/series.ts';
import { delayedVolatility } from '../networks/delayed-volatility.ts';
import { type NetworkCheckpoint, trainingUnderWay, withTraining } from '../networks/network-checkpoint.ts';
import { simulatedSeries } from '../simulated-series.ts';

const small = { width: 4, heads: 2, lookback: 6, learningRate: 0.02, dropout: 0, epochs: 3, batchSize: 32 };
const series = simulatedSeries(11, 400);

function fitted(bars: Series, chosen: Record<string, number> = small, seed = 1) {
  const fit = transformer.fit(bars, chosen, { seed });
  fit.step(unlimitedBudget);
  return fit.result();
}

describe('a TRANSFORMER fit', () => {
  it('learns from a bar further back, which takes attention', () => {
    const bars = delayedVolatility(1200);
    const returns = logReturns(bars.close);
    const crps = (chosen: Record<string, number>) =>
      fitted(sliceSeries(bars, 0, 1000), { ...small, width: 8, ...chosen })
        .predictRange(bars, 1000, 1200)
        .reduce((sum, { quantiles }, i) => sum + crpsFromQuantiles(quantiles, returns[999 + i]), 0);
    // One epoch at a vanishing learning rate leaves the initial network: the linear path.
    const untrained = crps({ epochs: 1, learningRate: 1e-6 });
    // The bar that tells lies outside a lookback of two.
    const blind = crps({ epochs: 40, lookback: 2 });
    expect(blind).toBeGreaterThan(0.97 * untrained);
    expect(crps({ epochs: 40 })).toBeLessThan(0.96 * blind);
  });

  it('depends on its seed', () => {
    expect(fitted(series).toJSON()).not.toEqual(fitted(series, small, 2).toJSON());
  });

  it('works in units far below a second, whatever the grid', () => {
    const bars = simulatedSeries(3, 1250);
    for (const entry of transformer.grid) {
      const fit = transformer.fit(bars, entry, { seed: 1 });
      let units = 1;
      while (!fit.step({ expired: () => true })) units++;
      expect(units).toBeGreaterThan(200);
    }
  });

  it('says who, where and when when its weights are no longer finite', () => {
    const fit = transformer.fit(series, small, { seed: 1 });
    for (let i = 0; i < 12; i++) fit.step({ expired: () => true });
    const checkpoint = fit.checkpoint();
    const { parameters } = trainingUnderWay(checkpoint)!;
    const broken = encodeFloat32(decodeFloat32(parameters).fill(Number.NaN));
    const resumed = transformer.fit(series, small, {
      seed: 1,
      checkpoint: withTraining(checkpoint, { parameters: broken }),
    });
    expect(() => resumed.step(unlimitedBudget)).toThrow(
      expect.objectContaining({
        code: 'not_finite',
        message: expect.stringMatching(/TRANSFORMER.*SIM11.*epoch/),
      }),
    );
  });

  describe('given a checkpoint', () => {
    const fit = transformer.fit(series, small, { seed: 1 });
    for (let i = 0; i < 12; i++) fit.step({ expired: () => true });
    const midway = fit.checkpoint() as NetworkCheckpoint;
    const training = (changes: { readonly [field: string]: Json }) => withTraining(midway, changes);
    const noForecasts = { done: [], running: null };
    const refused = (checkpoint: Json, bars = series, chosen = small) =>
      expect(() => transformer.fit(bars, chosen, { seed: 1, checkpoint })).toThrow(
        expect.objectContaining({
          name: 'FitError',
          code: 'invalid_artifact',
          message: expect.stringContaining('TRANSFORMER'),
        }),
      );

    it('resumes its own', () => {
      expect(transformer.fit(series, small, { seed: 1, checkpoint: midway }).progress()).toBe(fit.progress());
    });

    it('refuses that of other hyperparameters or bars', () => {
      refused(midway, series, { ...small, heads: 1 });
      refused(midway, sliceSeries(series, 0, 390));
    });

    it.each([
      ['is no object', 'midway'],
      ['says nothing of what it is of', { ...midway, of: null }],
      ['says nothing of the fit', { of: midway.of }],
      [
        'holds text that is no number',
        { ...midway, fit: { done: [], running: { done: ['?'], running: null } } },
      ],
      [
        'forecasts before all is trained',
        { ...midway, fit: { done: [midway.fit.running], running: noForecasts } },
      ],
      ['lacks the epoch', training({ epoch: null })],
      ['has a batch that there is not', training({ batch: 1e9 })],
      ['lacks its scalars', training({ scalars: '' })],
      ['lacks weights', training({ parameters: null })],
      ['has weights of another size', training({ best: encodeFloat32(new Float32Array(4)) })],
      ['has moments of another size', training({ first: encodeFloat32(new Float32Array(4)) })],
    ])('refuses one that %s', (_what, checkpoint) => refused(checkpoint as Json));
  });
});

describe('TRANSFORMER hyperparameters', () => {
  it.each([
    ['width', 6],
    ['width', 128],
    ['heads', 0],
    ['heads', 3],
    ['blocks', 5],
    ['lookback', 1],
    ['learningRate', 0],
    ['dropout', 1],
    ['networks', 1.5],
  ])('refuse %s of %s, naming value and rule', (name, value) => {
    expect(() => transformer.fit(series, { ...small, [name]: value }, { seed: 1 })).toThrow(
      expect.objectContaining({
        code: 'invalid_hyperparameters',
        message: expect.stringContaining(`${name} is ${value}`),
      }),
    );
  });

  it.each([
    ['a batch that would not fit the memory', { width: 64, lookback: 120, batchSize: 64 }],
    ['a forecast that would not fit the CPU', { width: 64, blocks: 2, lookback: 60, batchSize: 8 }],
    ['passes without dropout', { monteCarloPasses: 10 }],
    ['names they do not know', { hiddenUnits: 8 }],
  ])('refuse %s', (_what, chosen) => {
    expect(() => transformer.fit(series, { ...small, ...chosen }, { seed: 1 })).toThrow(
      expect.objectContaining({ code: 'invalid_hyperparameters' }),
    );
  });

  it('of the grid are all valid', () => {
    for (const entry of transformer.grid) expect(transformer.minimumBars(entry)).toBeLessThanOrEqual(250);
  });
});
