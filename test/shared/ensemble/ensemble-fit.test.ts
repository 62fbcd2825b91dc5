import { describe, expect, it } from 'vitest';
import { chooseTrial } from '../../../src/shared/ensemble/choose-trial.ts';
import type { EnsembleConfiguration } from '../../../src/shared/ensemble/ensemble-configuration.ts';
import { EnsembleFit, type EnsembleFitInput } from '../../../src/shared/ensemble/ensemble-fit.ts';
import type { EnsembleFitResult } from '../../../src/shared/ensemble/ensemble-fit-result.ts';
import { combineMembers, restoreEnsemble } from '../../../src/shared/ensemble/fitted-ensemble.ts';
import { defaultConfiguration } from '../../../src/shared/ensemble/presets.ts';
import type { Json } from '../../../src/shared/json.ts';
import { unlimitedBudget } from '../../../src/shared/models/forecaster.ts';
import { logReturns } from '../../../src/shared/series/log-returns.ts';
import { sliceSeries } from '../../../src/shared/series/series.ts';
import { simulatedSeries } from '../models/simulated-series.ts';
import { standInRegistry } from './stand-in-members.ts';

const series = simulatedSeries(4, 200);
const standIns: EnsembleFitInput = {
  series,
  train: 140,
  validation: 60,
  configuration: defaultConfiguration,
  registry: standInRegistry,
};

/** The real members, as small as they can be. */
const smallConfiguration: EnsembleConfiguration = {
  ...defaultConfiguration,
  grids: {
    LSTM: [
      { hiddenUnits: 4, lookback: 4, learningRate: 0.02, dropout: 0, epochs: 1, batchSize: 64 },
      { hiddenUnits: 4, lookback: 4, learningRate: 0.02, dropout: 0.2, epochs: 1, batchSize: 64 },
    ],
    ARIMA_GARCH: [{ variance: 'garch', innovations: 'normal' }],
  },
};
const realBars = simulatedSeries(9, 400);
const real: EnsembleFitInput = {
  series: sliceSeries(realBars, 0, 360),
  train: 300,
  validation: 60,
  configuration: smallConfiguration,
};

function run(input: EnsembleFitInput): EnsembleFitResult {
  const fit = new EnsembleFit(input);
  expect(fit.step(unlimitedBudget)).toBe(true);
  return fit.result();
}

function throughJson(value: Json): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}

describe('tuning an ensemble', () => {
  const result = run(standIns);
  const returns = logReturns(series.close);

  it('chooses on validation, and scores the choice there', () => {
    expect(result.trialScores).toHaveLength(12);
    const place = chooseTrial(result.trialScores);
    const [first, second, meanFactor] = [Math.floor(place / 4), Math.floor(place / 2) % 2, place % 2];
    expect(result.chosen).toEqual({
      LSTM: { factor: [0.5, 1, 2][first] },
      ARIMA_GARCH: { factor: [1, 3][second] },
    });
    expect(result.meanFactor).toBe(defaultConfiguration.meanFactors[meanFactor]);
    expect(result.validation.crps).toEqual(result.trialScores[place]);
  });

  it('scores train from the first bar that every member can forecast', () => {
    expect(result.firstScoredBar).toBe(30);
    expect(result.train.realised).toEqual(returns.slice(29, 139));
    expect(result.validation.realised).toEqual(returns.slice(139));
    expect(run({ ...standIns, scoreFrom: 50 }).train.realised).toEqual(returns.slice(49, 139));
  });

  it('fits the winner again on train and validation', () => {
    for (const { fitted } of result.fitted.members) {
      expect((fitted.toJSON() as { bars: number }).bars).toBe(200);
    }
    expect(result.fitted.cutoff).toBe(series.times[199]);
  });
});

describe('fitting an ensemble', () => {
  const whole = run(real);

  it('cut after every unit and resumed elsewhere ends in the same bits', () => {
    let fit = new EnsembleFit(real);
    let progress = 0;
    let steps = 0;
    while (!fit.step({ expired: () => true })) {
      steps++;
      expect(fit.progress()).toBeGreaterThanOrEqual(progress);
      progress = fit.progress();
      fit = new EnsembleFit({ ...real, checkpoint: throughJson(fit.checkpoint()) });
      expect(fit.progress()).toBe(progress);
    }
    expect(steps).toBeGreaterThan(30);
    const done = new EnsembleFit({ ...real, checkpoint: throughJson(fit.checkpoint()) });
    expect(done.step({ expired: () => true })).toBe(true);
    const result = done.result();
    expect(result.fitted.toJSON()).toEqual(whole.fitted.toJSON());
    expect({ ...result, fitted: null }).toEqual({ ...whole, fitted: null });
  });

  it('goes to JSON and back to the bit', () => {
    const restored = restoreEnsemble(throughJson(whole.fitted.toJSON()));
    expect(restored.toJSON()).toEqual(whole.fitted.toJSON());
    expect(restored.predict(realBars, 3)).toEqual(whole.fitted.predict(realBars, 3));
  });

  it('forecasts a range as it forecasts each prefix', () => {
    const range = whole.fitted.predictRange(realBars, 380, 390);
    range.forEach((forecast, i) => {
      expect(forecast).toEqual(whole.fitted.predict(sliceSeries(realBars, 0, 380 + i)));
    });
  });

  it("forecasts with each member's own distribution beside", () => {
    const { distribution, members, anchor } = whole.fitted.predict(realBars, 5);
    const own = [members.LSTM!, members.ARIMA_GARCH!];
    expect(distribution).toEqual(combineMembers(own, [0.5, 0.5], anchor, whole.meanFactor));
    const returns = logReturns(realBars.close);
    const half = returns.reduce((sum, value) => sum + value, 0) / returns.length / 2;
    expect(anchor).toBeCloseTo(5 * half, 14);
  });

  it('has no result before it is done', () => {
    expect(() => new EnsembleFit(real).result()).toThrow(/no result yet/);
  });
});

describe('an ensemble fit refuses', () => {
  it.each<[string, Json]>([
    ['is null', null],
    [
      'is of another shape',
      { phase: 'tune', tuned: [], fit: null, dropped: [], failed: [], leastProgress: 0 },
    ],
    ['has no phases', { dropped: [], failed: [], leastProgress: 0, phases: {} }],
  ])('a checkpoint that %s', (_what, checkpoint) => {
    expect(() => new EnsembleFit({ ...standIns, checkpoint })).toThrow(
      expect.objectContaining({ code: 'invalid_artifact' }),
    );
  });

  it('parts that are not the bars of the series', () => {
    expect(() => new EnsembleFit({ ...standIns, train: 100 })).toThrow(
      expect.objectContaining({
        code: 'invalid_window_sizes',
        details: { train: 100, validation: 60, bars: 200 },
      }),
    );
  });

  it('a train part that leaves no bar to score, and says how many are needed', () => {
    expect(() => new EnsembleFit({ ...standIns, train: 30, validation: 170 })).toThrow(
      expect.objectContaining({
        code: 'too_few_bars',
        details: { symbol: 'SIM4', have: 30, need: 31, member: 'LSTM' },
      }),
    );
  });

  it('a member that is not available', () => {
    const configuration = { ...defaultConfiguration, weights: { LSTM: 0.5, GB: 0.5 } };
    expect(() => new EnsembleFit({ ...standIns, configuration })).toThrow(
      expect.objectContaining({ code: 'member_not_available' }),
    );
  });

  it.each([[null], [{}], [{ version: 1, symbol: 'X', cutoff: 'T', scalars: '', members: [] }]] as Json[][])(
    '%j as the artifact of an ensemble',
    (artifact) => {
      expect(() => restoreEnsemble(artifact)).toThrow(expect.objectContaining({ code: 'invalid_artifact' }));
    },
  );
});
