import { describe, expect, it } from 'vitest';
import { ensembleEnvironment } from '../../src/cli/ensemble-environment.ts';

describe('ensembleEnvironment', () => {
  it('gives what is set of the variables that choose the ensemble, and no other', () => {
    const environment = { ENSEMBLE_MODEL_COUNT: '2', ENABLE_LSTM: 'true', ENABLE_GB: '', HOME: '/home/a' };
    expect(ensembleEnvironment(environment, {})).toEqual({ ENSEMBLE_MODEL_COUNT: '2', ENABLE_LSTM: 'true' });
  });

  it('hands on what the canary is told', () => {
    const environment = { CANARY_MODE: 'true', CANARY_SYMBOLS: 'SPY,QQQ' };
    expect(ensembleEnvironment(environment, {})).toEqual(environment);
  });

  it('lets the environment win over the file, and leaves to the file what only the file has', () => {
    expect(ensembleEnvironment({ ENABLE_LSTM: 'true' }, { ENABLE_LSTM: 'false' })).toEqual({
      ENABLE_LSTM: 'true',
    });
  });

  it.each([
    ['a value that is none', { ENSEMBLE_MODEL_COUNT: '7' }, {}, 'invalid_input'],
    ['a contradiction', { ENABLE_LSTM: 'false' }, {}, 'contradictory_environment'],
    [
      'a canary against the file',
      { CANARY_MODE: 'true' },
      { ENSEMBLE_MODEL_COUNT: '4' },
      'contradictory_environment',
    ],
    ['what functions cannot train with', { LSTM_BACKEND: 'tfjs' }, {}, 'backend_not_available'],
    ['a contradiction in the file', {}, { ENABLE_ARIMA_GARCH: 'false' }, 'contradictory_environment'],
  ])('refuses %s', (_name, environment, file, code) => {
    expect(() => ensembleEnvironment(environment, file)).toThrowError(expect.objectContaining({ code }));
  });
});
