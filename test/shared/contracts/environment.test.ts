import { describe, expect, it } from 'vitest';
import { parseEnvironment, parseLstmBackend } from '../../../src/shared/contracts/environment.ts';

const parse = (variables: Record<string, string>) => parseEnvironment((name) => variables[name]);
const configure = (variables: Record<string, string>) => parse(variables).configuration;

describe('parseEnvironment', () => {
  it('gives the 2-model candidate when nothing is set, or set to nothing', () => {
    expect(configure({}).weights).toEqual({ LSTM: 0.5, ARIMA_GARCH: 0.5 });
    expect(configure({ ENSEMBLE_MODEL_COUNT: '' }).ensemble).toBe('candidate');
  });

  it('writes out what each member tries, so that the hash of the configuration covers it', () => {
    const { grids } = configure({});
    expect(grids!.LSTM!.length).toBeGreaterThan(1);
    expect(grids!.ARIMA_GARCH!.length).toBeGreaterThan(1);
  });

  it('gives the 3-model candidate', () => {
    const { ensemble, weights, grids } = configure({ ENSEMBLE_MODEL_COUNT: '3' });
    expect([ensemble, weights]).toEqual(['candidate', { LSTM: 0.4, ARIMA_GARCH: 0.3, GB: 0.3 }]);
    expect(grids!.GB!.length).toBeGreaterThan(1);
  });

  it('takes the companions of the LSTM from a list', () => {
    expect(configure({ LSTM_COMPANIONS: 'MSFT, SPY' }).companions).toEqual(['MSFT', 'SPY']);
    expect(configure({})).not.toHaveProperty('companions');
  });

  it('takes covariates from a list, by level and by range', () => {
    expect(configure({ ENSEMBLE_COVARIATES: 'VIX, SPY:range' }).covariates).toEqual([
      { symbol: 'VIX', measure: 'level' },
      { symbol: 'SPY', measure: 'range' },
    ]);
    expect(configure({})).not.toHaveProperty('covariates');
  });

  it('takes calibrated weights and a conformal step, and leaves out what is at its default', () => {
    const { conformalStep, weighting } = configure({
      ENSEMBLE_OPTIMIZATION_METHOD: 'calibrated',
      CONFORMAL_STEP: '0.001',
    });
    expect([weighting, conformalStep]).toEqual(['calibrated', 0.001]);
    expect(configure({ ENSEMBLE_OPTIMIZATION_METHOD: 'simple_avg' })).toEqual(configure({}));
    expect(configure({})).not.toHaveProperty('weighting');
    expect(configure({})).not.toHaveProperty('conformalStep');
  });

  it('takes the kernel by its name, which is the same as not naming it', () => {
    expect(configure({ LSTM_BACKEND: 'wasm' })).toEqual(configure({}));
  });

  it('takes flags that agree with the preset', () => {
    const flags = { ENSEMBLE_MODEL_COUNT: '2', ENABLE_LSTM: 'true', ENABLE_GB: 'false' };
    expect(configure(flags).weights).toEqual({ LSTM: 0.5, ARIMA_GARCH: 0.5 });
  });

  it('gives the baseline when 4 models are asked for', () => {
    const { configuration, baseline } = parse({ ENSEMBLE_MODEL_COUNT: '4' });
    expect(configuration.ensemble).toBe('baseline');
    expect(configuration.weights).toEqual({ LSTM: 0.25, ARIMA_GARCH: 0.25, GB: 0.25, TRANSFORMER: 0.25 });
    expect(Object.keys(configuration.grids!)).toEqual(Object.keys(configuration.weights));
    expect(configuration).toEqual(baseline);
  });

  it('gives the same whole baseline whatever is asked of the candidate', () => {
    const { baseline } = parse({ ENSEMBLE_MODEL_COUNT: '4' });
    const asked = {
      ...{ ENSEMBLE_MODEL_COUNT: '3', ENSEMBLE_OPTIMIZATION_METHOD: 'calibrated', CONFORMAL_STEP: '0.001' },
      ...{ LSTM_COMPANIONS: 'SPY', ENSEMBLE_COVARIATES: 'VIX', CANARY_MODE: 'true' },
    };
    expect(parse(asked).baseline).toEqual(baseline);
    expect(parse(asked).configuration).toMatchObject({ ensemble: 'candidate', weighting: 'calibrated' });
    expect(parse({}).baseline).toEqual(baseline);
  });

  it('calibrates the baseline when it is itself what is asked for', () => {
    const asked = { ENSEMBLE_MODEL_COUNT: '4', ENSEMBLE_OPTIMIZATION_METHOD: 'calibrated' };
    expect(parse(asked).configuration).toMatchObject({ ensemble: 'baseline', weighting: 'calibrated' });
    expect(parse(asked).baseline).toEqual(parse(asked).configuration);
  });

  it('has no canary unless told so, and its symbols from a list', () => {
    expect(parse({}).canary).toEqual({ mode: false, symbols: ['AAPL', 'MSFT', 'SPY'] });
    expect(parse({ CANARY_SYMBOLS: '' }).canary.symbols).toEqual(['AAPL', 'MSFT', 'SPY']);
    expect(parse({ CANARY_MODE: 'true', CANARY_SYMBOLS: 'QQQ, BRK.B' }).canary).toEqual({
      mode: true,
      symbols: ['QQQ', 'BRK.B'],
    });
  });

  it.each([
    ['a flag against the preset', { ENABLE_GB: 'true' }, 'contradictory_environment', 'ENABLE_GB=true'],
    [
      'a preset against a flag',
      { ENSEMBLE_MODEL_COUNT: '2', ENABLE_LSTM: 'false' },
      'contradictory_environment',
      'ENSEMBLE_MODEL_COUNT=2',
    ],
    [
      'TRANSFORMER in a candidate',
      { ENSEMBLE_MODEL_COUNT: '3', ENABLE_TRANSFORMER: 'true' },
      'contradictory_environment',
      'ENABLE_TRANSFORMER=true contradicts ENSEMBLE_MODEL_COUNT=3',
    ],
    [
      'a baseline without TRANSFORMER',
      { ENSEMBLE_MODEL_COUNT: '4', ENABLE_TRANSFORMER: 'false' },
      'contradictory_environment',
      'ENABLE_TRANSFORMER=false contradicts ENSEMBLE_MODEL_COUNT=4',
    ],
    [
      'a canary without a candidate',
      { CANARY_MODE: 'true', ENSEMBLE_MODEL_COUNT: '4' },
      'contradictory_environment',
      'CANARY_MODE=true contradicts ENSEMBLE_MODEL_COUNT=4',
    ],
    [
      'a canary of no symbols',
      { CANARY_MODE: 'true', CANARY_SYMBOLS: '' },
      'contradictory_environment',
      'CANARY_MODE=true contradicts CANARY_SYMBOLS, which is empty',
    ],
    ['a blank for symbols', { CANARY_SYMBOLS: ' ' }, 'invalid_input', 'CANARY_SYMBOLS'],
    ['a canary symbol twice', { CANARY_SYMBOLS: 'SPY,AAPL,SPY' }, 'invalid_input', 'once'],
    ['a comma too many', { CANARY_SYMBOLS: 'SPY,' }, 'invalid_input', 'CANARY_SYMBOLS'],
    ['a canary symbol in lower case', { CANARY_SYMBOLS: 'SPY,msft' }, 'invalid_input', '"msft"'],
    ['a canary mode that is neither', { CANARY_MODE: 'yes' }, 'invalid_input', 'CANARY_MODE'],
    ['another model count', { ENSEMBLE_MODEL_COUNT: '5' }, 'invalid_input', 'ENSEMBLE_MODEL_COUNT'],
    ['another method', { ENSEMBLE_OPTIMIZATION_METHOD: 'magic' }, 'invalid_input', 'simple_avg'],
    ['a conformal step of 0', { CONFORMAL_STEP: '0' }, 'invalid_input', 'CONFORMAL_STEP'],
    ['a conformal step that leaps', { CONFORMAL_STEP: '0.2' }, 'invalid_input', 'CONFORMAL_STEP'],
    ['a conformal step in words', { CONFORMAL_STEP: 'slow' }, 'invalid_input', 'expected number, not "slow"'],
    ['a flag that is neither true nor false', { ENABLE_LSTM: 'yes' }, 'invalid_input', 'ENABLE_LSTM'],
    [
      'TensorFlow.js in Edge Functions',
      { LSTM_BACKEND: 'tfjs' },
      'backend_not_available',
      'LSTM_BACKEND=tfjs',
    ],
    ['a companion twice', { LSTM_COMPANIONS: 'MSFT,MSFT' }, 'invalid_input', 'once'],
    ['a companion in lower case', { LSTM_COMPANIONS: 'SPY,msft' }, 'invalid_input', '"msft"'],
    [
      'a companion that is no symbol',
      { LSTM_COMPANIONS: 'MSFT,not a symbol' },
      'invalid_input',
      'LSTM_COMPANIONS',
    ],
    ['a covariate twice', { ENSEMBLE_COVARIATES: 'VIX,SPY,VIX' }, 'invalid_input', 'once'],
    ['a covariate of an unknown measure', { ENSEMBLE_COVARIATES: 'VIX:mean' }, 'invalid_input', '"VIX:mean"'],
    ['a covariate without a symbol', { ENSEMBLE_COVARIATES: 'VIX,' }, 'invalid_input', 'ENSEMBLE_COVARIATES'],
    ['another backend', { LSTM_BACKEND: 'torch' }, 'invalid_input', 'LSTM_BACKEND'],
  ])('refuses %s', (_name, variables, code, says) => {
    expect(() => configure(variables as Record<string, string>)).toThrowError(
      expect.objectContaining({ code, message: expect.stringContaining(says) }),
    );
  });
});

describe('parseLstmBackend', () => {
  const backend = (value?: string) =>
    parseLstmBackend((name) => (name === 'LSTM_BACKEND' ? value : undefined));

  it('gives the kernel when nothing is set, or what is set', () => {
    expect([undefined, '', 'wasm', 'tfjs'].map(backend)).toEqual(['wasm', 'wasm', 'wasm', 'tfjs']);
  });

  it('refuses another name', () => {
    expect(() => backend('TFJS')).toThrowError(
      expect.objectContaining({ code: 'invalid_input', message: expect.stringContaining('LSTM_BACKEND') }),
    );
  });
});
