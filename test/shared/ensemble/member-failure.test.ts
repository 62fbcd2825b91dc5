import { describe, expect, it } from 'vitest';
import { EnsembleFit, type EnsembleFitInput } from '../../../src/shared/ensemble/ensemble-fit.ts';
import type { EnsembleFitResult } from '../../../src/shared/ensemble/ensemble-fit-result.ts';
import { restoreEnsemble } from '../../../src/shared/ensemble/fitted-ensemble.ts';
import { predictOrDrop } from '../../../src/shared/ensemble/predict-or-drop.ts';
import { defaultConfiguration } from '../../../src/shared/ensemble/presets.ts';
import { FitError } from '../../../src/shared/errors/fit-error.ts';
import { InvalidInputError } from '../../../src/shared/errors/invalid-input-error.ts';
import { MemberError } from '../../../src/shared/errors/member-error.ts';
import type { Json } from '../../../src/shared/json.ts';
import { type Hyperparameters, unlimitedBudget } from '../../../src/shared/models/forecaster.ts';
import { sliceSeries } from '../../../src/shared/series/series.ts';
import { simulatedSeries } from '../models/simulated-series.ts';
import { type Failure, registryWhere, type When } from './failing-members.ts';
import { standInRegistry } from './stand-in-members.ts';

const input: EnsembleFitInput = {
  series: simulatedSeries(4, 200),
  train: 140,
  validation: 60,
  configuration: defaultConfiguration,
  registry: standInRegistry,
};
/** Configured without the LSTM from the beginning. */
const alone: EnsembleFitInput = {
  ...input,
  configuration: { ...defaultConfiguration, weights: { ARIMA_GARCH: 1 } },
};

function run(given: EnsembleFitInput): EnsembleFitResult {
  const fit = new EnsembleFit(given);
  fit.step(unlimitedBudget);
  return fit.result();
}

/** In steps of one unit, each resumed from JSON. */
function runInPieces(given: EnsembleFitInput): EnsembleFitResult {
  let fit = new EnsembleFit(given);
  let progress = 0;
  while (!fit.step({ expired: () => true })) {
    expect(fit.progress()).toBeGreaterThanOrEqual(progress);
    progress = fit.progress();
    const checkpoint = JSON.parse(JSON.stringify(fit.checkpoint())) as Json;
    fit = new EnsembleFit({ ...given, checkpoint });
    expect(fit.progress()).toBe(progress);
  }
  return fit.result();
}

/** All that is fitted and scored, without the word on who was dropped. */
function figures(result: EnsembleFitResult) {
  const { dropped: _, ...artifact } = result.fitted.toJSON() as {
    dropped?: Json;
    [key: string]: Json | undefined;
  };
  return { ...result, fitted: artifact, dropped: [] };
}

const thrownBy = (action: () => unknown): Error & { code?: string; details?: Record<string, unknown> } => {
  try {
    action();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
};

/** Only the refit sees all 200 bars. */
const inRefit: When = (_, series) => series.times.length === 200;

describe('a member that fails', () => {
  it.each<[string, Failure, When | undefined]>([
    ['as its fits begin', 'fit', undefined],
    ['in the middle of its fits', 'step', undefined],
    ['in its refit', 'step', inRefit],
    ['when it shall forecast', 'predict', undefined],
  ])('%s ends the fit, and is named', (_name, failure, when) => {
    const error = thrownBy(() => run({ ...input, registry: registryWhere('LSTM', failure, when) }));
    expect(error).toBeInstanceOf(FitError);
    expect(error.message).toMatch(/^LSTM: /);
    expect(error.details).toMatchObject({ member: 'LSTM' });
  });

  it.each<[string, Failure, When | undefined]>([
    ['as its fits begin', 'fit', undefined],
    ['in the middle of its fits', 'step', undefined],
    ['in its refit', 'step', inRefit],
    ['when it shall forecast', 'predict', undefined],
  ])(
    '%s is dropped if that is asked for: the fit is that of an ensemble without it',
    (_name, failure, when) => {
      const given = {
        ...input,
        registry: registryWhere('LSTM', failure, when),
        onMemberFailure: 'drop',
      } as const;
      const result = run(given);
      expect(result.dropped).toMatchObject([{ member: 'LSTM', since: null }]);
      expect(result.fitted.dropped).toEqual(result.dropped);
      expect(result.fitted.members.map(({ name, weight }) => [name, weight])).toEqual([['ARIMA_GARCH', 1]]);
      expect(figures(result)).toEqual(figures(run(alone)));
      const inPieces = runInPieces(given);
      expect(inPieces.fitted.toJSON()).toEqual(result.fitted.toJSON());
      expect(inPieces.dropped).toEqual(result.dropped);
      expect(figures(inPieces)).toEqual(figures(result));
    },
  );

  it('in a way that nobody foresaw is named all the same', () => {
    const registry = registryWhere('ARIMA_GARCH', 'step', undefined, () => new TypeError('undefined is not'));
    const error = thrownBy(() => run({ ...input, registry }));
    expect(error).toBeInstanceOf(MemberError);
    expect([error.code, error.message]).toEqual(['member_failed', 'ARIMA_GARCH: undefined is not']);
    expect(run({ ...input, registry, onMemberFailure: 'drop' }).dropped).toMatchObject([
      { member: 'ARIMA_GARCH', code: 'member_failed' },
    ]);
  });

  it('leaves the others with their weights in the same proportion, and one must be left', () => {
    const broken = {
      ...standInRegistry,
      GB: { ...standInRegistry.LSTM!, ...registryWhere('LSTM', 'fit').LSTM! },
    };
    const weights = { LSTM: 0.4, ARIMA_GARCH: 0.3, GB: 0.3 };
    const three = {
      ...input,
      configuration: { ...defaultConfiguration, weights },
      onMemberFailure: 'drop',
    } as const;
    const result = run({ ...three, registry: broken });
    expect(result.fitted.members.map(({ weight }) => weight)).toEqual([0.4 / 0.7, 0.3 / 0.7]);

    const none = Object.fromEntries(
      Object.keys(weights).map((name) => [name, registryWhere('LSTM', 'fit').LSTM!]),
    );
    const error = thrownBy(() => run({ ...three, registry: none }));
    expect(error.code).toBe('no_member_left');
    expect(error.details).toMatchObject({ members: ['LSTM', 'ARIMA_GARCH', 'GB'] });
  });

  it('one after the other leaves the same weights, to the bit, however the fit is cut', () => {
    const registry = {
      LSTM: standInRegistry.LSTM!,
      ARIMA_GARCH: registryWhere('ARIMA_GARCH', 'step', inRefit).ARIMA_GARCH!,
      GB: registryWhere('LSTM', 'fit').LSTM!,
      TRANSFORMER: standInRegistry.LSTM!,
    };
    const weights = { LSTM: 0.1, ARIMA_GARCH: 0.25, GB: 0.35, TRANSFORMER: 0.3 };
    const configuration = { ...defaultConfiguration, ensemble: 'baseline', weights } as const;
    const given = { ...input, configuration, registry, onMemberFailure: 'drop' } as const;
    const result = run(given);
    expect(result.dropped.map(({ member }) => member)).toEqual(['GB', 'ARIMA_GARCH']);
    expect(result.fitted.members.map(({ weight }) => weight)).toEqual([
      expect.closeTo(0.25, 15),
      expect.closeTo(0.75, 15),
    ]);
    expect(runInPieces(given).fitted.toJSON()).toEqual(result.fitted.toJSON());
  });

  it('after a candidate of another that needs the most bars leaves scoring begin there, however the fit is cut', () => {
    const { forecaster } = registryWhere('LSTM', 'fit', ({ factor }) => factor === 2).LSTM!;
    const registry = {
      ...registryWhere('ARIMA_GARCH', 'step', inRefit),
      LSTM: {
        forecaster: { ...forecaster, minimumBars: ({ factor }: Hyperparameters) => 30 * (factor as number) },
        refittedInsideTest: false,
      },
    };
    const given = { ...input, registry, onMemberFailure: 'drop' } as const;
    const result = run(given);
    expect(result.dropped).toMatchObject([{ member: 'ARIMA_GARCH' }]);
    expect(result.failedCandidates).toMatchObject([{ member: 'LSTM', entry: 2 }]);
    expect(result.firstScoredBar).toBe(60);
    expect(figures(runInPieces(given))).toEqual(figures(result));
  });

  it('stays on the artifact of the ensemble that goes on without it', () => {
    const result = run({ ...input, registry: registryWhere('LSTM', 'fit'), onMemberFailure: 'drop' });
    const restored = restoreEnsemble(result.fitted.toJSON(), standInRegistry);
    expect(restored.dropped).toEqual(result.dropped);
    expect(restored.toJSON()).toEqual(result.fitted.toJSON());
  });

  it('with the last forecast is dropped from it', () => {
    const { fitted } = run({
      ...input,
      registry: registryWhere('LSTM', 'predict', (_, { times }) => times.length === 180),
    });
    const history = sliceSeries(input.series, 0, 180);
    expect(thrownBy(() => predictOrDrop(fitted, history, 1, 'fail')).message).toMatch(/^LSTM: /);
    const { ensemble, forecast } = predictOrDrop(fitted, history, 1, 'drop');
    expect(ensemble.dropped).toMatchObject([{ member: 'LSTM', since: history.times[179] }]);
    expect(Object.keys(forecast.members)).toEqual(['ARIMA_GARCH']);
    expect(predictOrDrop(fitted, input.series, 1, 'drop').ensemble).toBe(fitted);
  });
});

describe('an entry of a grid that fails', () => {
  const smallest: When = ({ factor }) => factor === 0.5;

  it.each<Failure>(['fit', 'step', 'predict'])('(%s) takes no part, and the result says so', (failure) => {
    const result = run({ ...input, registry: registryWhere('LSTM', failure, smallest) });
    const grids = { LSTM: [{ factor: 1 }, { factor: 2 }] };
    const without = run({ ...input, configuration: { ...defaultConfiguration, grids } });
    expect(result.failedCandidates).toMatchObject([{ member: 'LSTM', entry: 0, code: 'not_converged' }]);
    expect(result.trialScores).toHaveLength(8);
    expect(result.trialScores).toEqual(without.trialScores);
    expect(result.chosen).toEqual(without.chosen);
    expect(result.dropped).toEqual([]);
    const inPieces = runInPieces({ ...input, registry: registryWhere('LSTM', failure, smallest) });
    expect(figures(inPieces)).toEqual(figures(result));
  });

  it('with all the others ends the fit, which says of each why', () => {
    let calls = 0;
    const registry = registryWhere('LSTM', 'fit', undefined, () =>
      calls++ % 2 === 0
        ? new FitError('not_converged', 'it ran away.')
        : new InvalidInputError('invalid_hyperparameters', 'no such factor.'),
    );
    const error = thrownBy(() => run({ ...input, registry }));
    expect(error.code).toBe('no_valid_candidate');
    expect(error.details).toMatchObject({
      member: 'LSTM',
      codes: ['not_converged', 'invalid_hyperparameters', 'not_converged'],
      reasons: [
        '{"factor":0.5}: not_converged, it ran away.',
        '{"factor":1}: invalid_hyperparameters, no such factor.',
        '{"factor":2}: not_converged, it ran away.',
      ],
    });
    expect(error.message).toContain('{"factor":1}: invalid_hyperparameters, no such factor.');
  });

  it('with all the others for what the bars are has the code of that', () => {
    const registry = registryWhere('LSTM', 'fit', undefined, () => new FitError('constant_series', 'flat.'));
    expect(thrownBy(() => run({ ...input, registry })).code).toBe('constant_series');
  });
});

describe('bars that are too few for any forecast', () => {
  it('are refused before any fit, with what is there and what is needed', () => {
    const registry = registryWhere('LSTM', 'fit', undefined, () => new Error('a fit began'));
    const begin = (bars: number) =>
      new EnsembleFit({
        ...input,
        series: sliceSeries(input.series, 0, bars),
        train: 50,
        validation: bars - 50,
        registry,
      });
    expect(thrownBy(() => begin(99))).toMatchObject({
      code: 'too_few_bars',
      details: { symbol: 'SIM4', have: 99, need: 100 },
    });
    expect(() => begin(100)).not.toThrow();
  });

  it('are refused when they span less than 30 days', () => {
    const every = (hours: number) => {
      const times = input.series.times.map((_, i) => new Date(i * hours * 3_600_000).toISOString());
      return { ...input, series: { ...input.series, timeframe: '4h', times } } as const;
    };
    // 200 bars.
    expect(thrownBy(() => new EnsembleFit(every(3)))).toMatchObject({
      code: 'too_short_span',
      details: { have_days: 24, need_days: 30, first: '1970-01-01', last: '1970-01-25' },
    });
    expect(() => new EnsembleFit(every(4))).not.toThrow();
  });
});
