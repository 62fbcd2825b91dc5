import { describe, expect, it } from 'vitest';
import { judgeFit } from '../../../src/shared/divergence/judge-fit.ts';
import { defaultConfiguration } from '../../../src/shared/ensemble/presets.ts';
import type { WindowResult } from '../../../src/shared/evaluation/window-result.ts';
import {
  type WindowValidationInput,
  windowValidation,
} from '../../../src/shared/evaluation/window-validation.ts';
import type { Json } from '../../../src/shared/json.ts';
import { unlimitedBudget } from '../../../src/shared/models/forecaster.ts';
import { type Failure, registryWhere, type When } from '../ensemble/failing-members.ts';
import { recentScale, standIn, standInRegistry } from '../ensemble/stand-in-members.ts';
import { simulatedSeries } from '../models/simulated-series.ts';
import { smallSeries, smallWindow } from './small-window.ts';

const input: WindowValidationInput = {
  judgeFit,
  series: smallSeries,
  window: smallWindow,
  // The second member is the wider one, so that it shows where it is missing.
  configuration: { ...defaultConfiguration, grids: { LSTM: [{ factor: 1 }], ARIMA_GARCH: [{ factor: 3 }] } },
  registry: standInRegistry,
};

function run(given: WindowValidationInput): WindowResult {
  const validation = windowValidation(given);
  validation.step(unlimitedBudget);
  return validation.result();
}

function runInPieces(given: WindowValidationInput): WindowResult {
  let validation = windowValidation(given);
  let progress = 0;
  while (!validation.step({ expired: () => true })) {
    expect(validation.progress()).toBeGreaterThanOrEqual(progress);
    progress = validation.progress();
    const checkpoint = JSON.parse(JSON.stringify(validation.checkpoint())) as Json;
    validation = windowValidation({ ...given, checkpoint });
  }
  return validation.result();
}

/** Bar 350 is the first of test, 371 the first of its second stretch: its refit sees the bars before, a forecast those in it too. */
const inSecondStretch: Record<Failure, When> = {
  fit: (_, { times }) => times[times.length - 1] >= smallSeries.times[370],
  step: (_, { times }) => times[times.length - 1] >= smallSeries.times[370],
  predict: (_, { times }) => times[times.length - 1] >= smallSeries.times[371],
};

describe('a member that fails inside test', () => {
  it.each<[string, Failure]>([
    ['with its refit', 'step'],
    ['with a forecast', 'predict'],
  ])('%s ends the window, and is named', (_name, failure) => {
    const registry = registryWhere('ARIMA_GARCH', failure, inSecondStretch[failure]);
    expect(() => run({ ...input, registry })).toThrow(
      expect.objectContaining({
        details: { member: 'ARIMA_GARCH' },
        message: 'ARIMA_GARCH: it cannot be done.',
      }),
    );
  });

  it.each<[string, Failure]>([
    ['with its refit', 'step'],
    ['with a forecast', 'predict'],
  ])('%s is dropped from there on if that is asked for, and changes nothing before', (_name, failure) => {
    const registry = registryWhere('ARIMA_GARCH', failure, inSecondStretch[failure]);
    const given = { ...input, registry, onMemberFailure: 'drop' } as const;
    const result = run(given);
    const whole = run(input);
    expect(result.dropped).toMatchObject([{ member: 'ARIMA_GARCH', since: smallSeries.times[370] }]);
    expect(result.modelsUsed).toEqual(['LSTM']);
    expect(Object.keys(result.test.members)).toEqual(['LSTM']);
    expect(result.metrics.validation).toEqual(whole.metrics.validation);
    const own = result.test.members.LSTM!;
    expect(result.test.ensemble.crps.slice(0, 21)).toEqual(whole.test.ensemble.crps.slice(0, 21));
    expect(result.test.ensemble.scale.slice(21)).toEqual(own.scale.slice(21));
    expect(result.test.ensemble.scale.slice(0, 21)).not.toEqual(own.scale.slice(0, 21));
    expect(runInPieces(given)).toEqual(result);
  });

  it('leaves the refits that it had before counted', () => {
    const inFourthStretch = registryWhere('ARIMA_GARCH', 'predict', (_, { times }) => {
      return times[times.length - 1] >= smallSeries.times[371];
    });
    const configuration = { ...input.configuration, refitEvery: 7 };
    // Test has 40 bars: stretches begin with the bars 350, 357, ...; the fourth, from 371 on, fails.
    const result = run({ ...input, configuration, registry: inFourthStretch, onMemberFailure: 'drop' });
    expect(result.dropped).toMatchObject([{ member: 'ARIMA_GARCH', since: smallSeries.times[370] }]);
    expect(result.refits).toBe(2);
  });

  it('or before takes no part in the window at all', () => {
    const result = run({ ...input, registry: registryWhere('LSTM', 'fit'), onMemberFailure: 'drop' });
    const alone = run({ ...input, configuration: { ...input.configuration, weights: { ARIMA_GARCH: 1 } } });
    expect(result.dropped).toMatchObject([{ member: 'LSTM', since: null }]);
    expect({ ...result, dropped: [], configHash: '' }).toEqual({ ...alone, configHash: '' });
  });

  it('and is dropped leaves the others the calibrated weights that they have learned', () => {
    // Three members; validation is long enough to learn from, and the third of them fails in the second stretch of test.
    const series = simulatedSeries(22, 460);
    const failing = registryWhere('ARIMA_GARCH', 'step', (_, { times }) => {
      return times[times.length - 1] >= series.times[420];
    });
    const registry = {
      ...failing,
      GB: {
        forecaster: standIn('GB', [{}], (known, bar) => ({ mean: 0, scale: 4 * recentScale(known, bar) })),
        refittedInsideTest: false,
      },
    };
    const given: WindowValidationInput = {
      judgeFit,
      series,
      window: { windowId: 459, trainFrom: 0, validationFrom: 280, testFrom: 400, end: 460 },
      configuration: {
        ...input.configuration,
        weights: { LSTM: 0.3, ARIMA_GARCH: 0.3, GB: 0.4 },
        grids: { ...input.configuration.grids, GB: [{}] },
        weighting: 'calibrated',
      },
      registry,
      onMemberFailure: 'drop',
    };
    const result = run(given);
    const { decided, lastWeights } = result.calibration;
    expect(result.modelsUsed).toEqual(['LSTM', 'GB']);
    expect(decided.method).toBe('calibrated');
    expect(decided.weights).toHaveLength(3);
    expect(lastWeights).toHaveLength(2);
    expect(lastWeights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
    // Of the two left, the one that is four times too wide had lost nearly all by then.
    expect(lastWeights[0]).toBeGreaterThan(0.9);
    // The scale is the members' average: in the first bar after the drop already by weights that were learned before it.
    expect(result.test.ensemble.scale[21] / result.test.members.GB!.scale[21]).toBeLessThan(0.5);
    expect(runInPieces(given)).toEqual(result);
  });
});
