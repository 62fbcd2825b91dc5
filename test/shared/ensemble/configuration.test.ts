import { describe, expect, it } from 'vitest';
import { configurationHash } from '../../../src/shared/ensemble/configuration-hash.ts';
import { availableMembers, requireMember } from '../../../src/shared/ensemble/member-registry.ts';
import {
  defaultConfiguration,
  type ModelCount,
  PRESET_WEIGHTS,
  presetConfiguration,
} from '../../../src/shared/ensemble/presets.ts';
import { requireConfiguration } from '../../../src/shared/ensemble/require-configuration.ts';

describe('a configuration hash', () => {
  it('is the same whatever the order of the keys', () => {
    const { ensemble, weights, meanFactors, refitEvery, seed } = defaultConfiguration;
    const reordered = {
      seed,
      weights: { ARIMA_GARCH: weights.ARIMA_GARCH, LSTM: weights.LSTM },
      refitEvery,
      meanFactors,
      ensemble,
      grids: undefined,
    };
    expect(configurationHash(reordered)).toBe(configurationHash(defaultConfiguration));
  });

  it('stays what it was: rows written before must still match', () => {
    expect(configurationHash(defaultConfiguration)).toBe('756eb392f8c251ee');
  });

  it.each([
    { seed: 2 },
    { refitEvery: 250 },
    { meanFactors: [0.5, 0] },
    { weights: { LSTM: 0.6, ARIMA_GARCH: 0.4 } },
    { ensemble: 'baseline' as const },
    { grids: { LSTM: [{ hiddenUnits: 4 }] } },
  ])('changes with %j', (change) => {
    expect(configurationHash({ ...defaultConfiguration, ...change })).not.toBe(
      configurationHash(defaultConfiguration),
    );
  });

  it('refuses a number that is not finite', () => {
    expect(() => configurationHash({ ...defaultConfiguration, seed: Number.NaN })).toThrow(
      expect.objectContaining({ code: 'invalid_configuration' }),
    );
  });
});

describe('presets', () => {
  it.each([2, 3, 4] as ModelCount[])('of %i members have weights that sum to 1', (count) => {
    const weights = Object.values(PRESET_WEIGHTS[count]);
    expect(weights).toHaveLength(count);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
    expect(presetConfiguration(count).weights).toBe(PRESET_WEIGHTS[count]);
  });

  it('name the legacy ensemble the baseline', () => {
    expect(presetConfiguration(4).ensemble).toBe('baseline');
    expect(presetConfiguration(2)).toEqual(defaultConfiguration);
  });

  it('default to the 2-model core, which can be fitted', () => {
    expect(requireConfiguration(defaultConfiguration).map(({ name, weight }) => [name, weight])).toEqual([
      ['LSTM', 0.5],
      ['ARIMA_GARCH', 0.5],
    ]);
  });
});

describe('members', () => {
  it.each(['PROPHET', 'toString'])('%s is refused by name', (name) => {
    expect(() => requireMember(name)).toThrow(
      expect.objectContaining({
        code: 'member_not_available',
        message: expect.stringMatching(`${name} is not available in this version`),
      }),
    );
  });

  it('of the preset of 3 can be fitted', () => {
    expect(requireConfiguration(presetConfiguration(3)).map(({ name, weight }) => [name, weight])).toEqual([
      ['LSTM', 0.4],
      ['ARIMA_GARCH', 0.3],
      ['GB', 0.3],
    ]);
  });

  it('of the preset of 4 can be fitted', () => {
    expect(requireConfiguration(presetConfiguration(4)).map(({ name, weight }) => [name, weight])).toEqual([
      ['LSTM', 0.25],
      ['ARIMA_GARCH', 0.25],
      ['GB', 0.25],
      ['TRANSFORMER', 0.25],
    ]);
  });

  it.each([
    ['as a member', { weights: { LSTM: 0.5, TRANSFORMER: 0.5 } }],
    ['alone', { weights: { TRANSFORMER: 1 } }],
    ['by a grid', { grids: { TRANSFORMER: [{ width: 8 }] } }],
    ['with all the weights of the preset of 4', { weights: PRESET_WEIGHTS[4] }],
  ])('of the baseline alone are refused in a candidate: %s', (_name, change) => {
    expect(() => requireConfiguration({ ...defaultConfiguration, ...change })).toThrow(
      expect.objectContaining({
        name: 'InvalidInputError',
        code: 'member_not_allowed',
        message: expect.stringMatching(/candidate may not have the member TRANSFORMER/),
        details: { member: 'TRANSFORMER', ensemble: 'candidate' },
      }),
    );
  });

  it('are registered under the name they forecast by', () => {
    for (const [name, member] of Object.entries(availableMembers)) {
      expect(member.forecaster.name).toBe(name);
    }
  });
});

describe('a configuration', () => {
  it('gives its members in a fixed order, with its grids in place of theirs', () => {
    const grid = [{ hiddenUnits: 2 }];
    const members = requireConfiguration({
      ...defaultConfiguration,
      weights: { ARIMA_GARCH: 0.3, LSTM: 0.7 },
      grids: { LSTM: grid },
    });
    expect(members.map(({ name }) => name)).toEqual(['LSTM', 'ARIMA_GARCH']);
    expect(members[0].grid).toBe(grid);
    expect(members[1].grid).toBe(availableMembers.ARIMA_GARCH?.forecaster.grid);
  });

  it('may have weights of thirds', () => {
    const third = 1 / 3;
    expect(() =>
      requireConfiguration({ ...defaultConfiguration, weights: { LSTM: third, ARIMA_GARCH: 2 * third } }),
    ).not.toThrow();
  });

  it.each([
    ['weights that do not sum to 1', { weights: { LSTM: 0.5, ARIMA_GARCH: 0.6 } }],
    ['a negative weight', { weights: { LSTM: 1.5, ARIMA_GARCH: -0.5 } }],
    ['a weight that is not a number', { weights: { LSTM: Number.NaN, ARIMA_GARCH: 1 } }],
    ['no member', { weights: {} }],
    ['an empty grid', { grids: { LSTM: [] } }],
    ['no mean factor', { meanFactors: [] }],
    ['a mean factor above 1', { meanFactors: [0, 1.1] }],
    ['refits every 0 bars', { refitEvery: 0 }],
    ['a fractional seed', { seed: 0.5 }],
  ])('with %s is refused', (_, change) => {
    expect(() => requireConfiguration({ ...defaultConfiguration, ...change })).toThrow(
      expect.objectContaining({ name: 'InvalidInputError', code: 'invalid_configuration' }),
    );
  });
});
