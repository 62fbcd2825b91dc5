import { z } from 'zod';
import { type EnsembleConfiguration, WEIGHTINGS } from '../ensemble/ensemble-configuration.ts';
import { type ModelCount, PRESET_WEIGHTS, presetConfiguration } from '../ensemble/presets.ts';
import { requireConfiguration } from '../ensemble/require-configuration.ts';
import { InvalidInputError } from '../errors/invalid-input-error.ts';
import type { MemberName } from '../models/forecaster.ts';
import { commaSeparated } from './comma-separated.ts';
import { writtenCovariatesSchema } from './covariates.ts';
import { companionsSchema, conformalStepSchema } from './ensemble-configuration.ts';
import { symbolSchema } from './names.ts';
import { parse } from './parse.ts';

/** The flag of each member. */
const FLAGS: Readonly<Record<string, MemberName>> = {
  ENABLE_LSTM: 'LSTM',
  ENABLE_ARIMA_GARCH: 'ARIMA_GARCH',
  ENABLE_GB: 'GB',
  ENABLE_TRANSFORMER: 'TRANSFORMER',
};

/** What trains the LSTM: the kernel, or TensorFlow.js for comparison. */
const lstmBackend = z.enum(['wasm', 'tfjs']).default('wasm');
export type LstmBackend = z.infer<typeof lstmBackend>;

const flag = z.enum(['true', 'false']).optional();

/** The symbols of the stage `canary` unless the environment names others. */
const DEFAULT_CANARY_SYMBOLS: readonly string[] = ['AAPL', 'MSFT', 'SPY'];

const canarySymbols = z
  .array(symbolSchema)
  .refine((symbols) => new Set(symbols).size === symbols.length, 'a symbol may be named once only');

const environmentSchema = z.object({
  ENSEMBLE_MODEL_COUNT: z.enum(['2', '3', '4']).default('2'),
  ENSEMBLE_OPTIMIZATION_METHOD: z.enum(WEIGHTINGS).default('simple_avg'),
  CONFORMAL_STEP: z.string().transform(Number).pipe(conformalStepSchema).optional(),
  ENABLE_LSTM: flag,
  ENABLE_ARIMA_GARCH: flag,
  ENABLE_GB: flag,
  ENABLE_TRANSFORMER: flag,
  LSTM_BACKEND: lstmBackend,
  LSTM_COMPANIONS: commaSeparated(companionsSchema).optional(),
  ENSEMBLE_COVARIATES: commaSeparated(writtenCovariatesSchema).optional(),
  CANARY_MODE: z.enum(['true', 'false']).default('false'),
  CANARY_SYMBOLS: commaSeparated(canarySymbols).default(DEFAULT_CANARY_SYMBOLS),
});

/** Keys of the providers of market data, where there are any, and other places to ask than their own. */
export interface ProviderEnvironment {
  readonly alpaca: { readonly keyId: string; readonly secretKey: string } | null;
  readonly tiingo: { readonly token: string } | null;
  /** Without a slash at the end; null: the provider's own. */
  readonly alpacaUrl: string | null;
  readonly tiingoUrl: string | null;
  readonly cboeUrl: string | null;
}

/** The variables that {@link parseProviderEnvironment} reads. */
export const PROVIDER_VARIABLES: readonly string[] = [
  'ALPACA_KEY_ID',
  'ALPACA_SECRET_KEY',
  'TIINGO_TOKEN',
  'ALPACA_BASE_URL',
  'TIINGO_BASE_URL',
  'CBOE_BASE_URL',
];

/**
 * The keys of the providers: `ALPACA_KEY_ID` and `ALPACA_SECRET_KEY`, `TIINGO_TOKEN`; all optional; Cboe wants none.
 * `ALPACA_BASE_URL`, `TIINGO_BASE_URL` and `CBOE_BASE_URL` ask somewhere else: over https, or this machine
 * (`http://127.0.0.1:PORT`).
 *
 * @param read gives a variable's value; undefined or empty where it is not set
 * @throws InvalidInputError `invalid_key`, `incomplete_key`, `invalid_base_url`: the message names the variable, never its value
 */
export function parseProviderEnvironment(read: (name: string) => string | undefined): ProviderEnvironment {
  const key = (name: string) => {
    const value = read(name)?.trim();
    if (!value) return null;
    if (/^[\x21-\x7e]{8,512}$/.test(value)) return value;
    throw new InvalidInputError(
      'invalid_key',
      `${name} is not a key: it takes 8 to 512 visible ASCII characters`,
    );
  };
  const url = (name: string) => {
    const value = read(name)?.trim();
    if (!value) return null;
    if (/^(https:\/\/[a-z0-9.-]+|http:\/\/127\.0\.0\.1)(:\d{1,5})?(\/[\w./-]*)?$/i.test(value))
      return value.replace(/\/+$/, '');
    throw new InvalidInputError(
      'invalid_base_url',
      `${name} is not an address to ask: it begins with https://, or with http://127.0.0.1, and has no query`,
    );
  };
  const [keyId, secretKey, token] = ['ALPACA_KEY_ID', 'ALPACA_SECRET_KEY', 'TIINGO_TOKEN'].map(key);
  if ((keyId === null) !== (secretKey === null)) {
    throw new InvalidInputError(
      'incomplete_key',
      `${keyId === null ? 'ALPACA_KEY_ID' : 'ALPACA_SECRET_KEY'} is missing: Alpaca wants both its variables`,
    );
  }
  return {
    alpaca: keyId === null || secretKey === null ? null : { keyId, secretKey },
    tiingo: token === null ? null : { token },
    alpacaUrl: url('ALPACA_BASE_URL'),
    tiingoUrl: url('TIINGO_BASE_URL'),
    cboeUrl: url('CBOE_BASE_URL'),
  };
}

/** The variables that `parseEnvironment` reads. */
export const ENVIRONMENT_VARIABLES: readonly string[] = Object.keys(environmentSchema.shape);

/**
 * `LSTM_BACKEND` for a program that trains in its own process on Node: `wasm` (default) or `tfjs`.
 *
 * @param read gives a variable's value; undefined or empty where it is not set
 * @throws InvalidInputError `invalid_input`
 */
export function parseLstmBackend(read: (name: string) => string | undefined): LstmBackend {
  const schema = z.object({ LSTM_BACKEND: lstmBackend });
  return parse(schema, { LSTM_BACKEND: read('LSTM_BACKEND') || undefined }, 'The environment').LSTM_BACKEND;
}

/** What {@link parseEnvironment} gives. */
export interface EnsembleEnvironment {
  /** The ensemble that is asked for. */
  readonly configuration: EnsembleConfiguration;
  /** The legacy ensemble that a canary is compared with, and that a rollback goes to: the whole preset of 4. */
  readonly baseline: EnsembleConfiguration;
  readonly canary: {
    /** Whether the baseline forecasts beside the candidate. */
    readonly mode: boolean;
    /** At least one. */
    readonly symbols: readonly string[];
  };
}

/**
 * The ensembles that the Edge Functions' environment asks for. `ENSEMBLE_MODEL_COUNT` (2, 3 or 4; default 2) is a
 * preset that sets the members' flags; a flag set by hand must agree with it. Functions train with the kernel only,
 * so `LSTM_BACKEND` may not be `tfjs`. `ENSEMBLE_OPTIMIZATION_METHOD` (`simple_avg`, the default, or `calibrated`)
 * says how members are weighed, `CONFORMAL_STEP` (above 0, at most 0.1; default off) how fast conformal levels adapt.
 * `LSTM_COMPANIONS` names symbols, separated by commas, that the LSTM is trained on too. `ENSEMBLE_COVARIATES` names
 * series that members may read beside the symbol's own: `VIX` for its level, `SPY:range` for its range.
 *
 * `CANARY_MODE` (`true` or `false`, the default) says whether the baseline runs beside the candidate, `CANARY_SYMBOLS` (default `AAPL,MSFT,SPY`) for which
 * symbols first. None of the others changes the baseline, unless `ENSEMBLE_MODEL_COUNT=4` asks for the baseline itself.
 *
 * @param read gives a variable's value; undefined or empty where it is not set
 * @throws InvalidInputError `invalid_input`, `contradictory_environment` (names both variables), `backend_not_available`
 */
export function parseEnvironment(read: (name: string) => string | undefined): EnsembleEnvironment {
  const values = Object.fromEntries(ENVIRONMENT_VARIABLES.map((name) => [name, read(name) || undefined]));
  const environment = parse(environmentSchema, values, 'The environment');
  if (environment.LSTM_BACKEND === 'tfjs') {
    throw new InvalidInputError(
      'backend_not_available',
      'LSTM_BACKEND=tfjs is not available in Edge Functions, whose bundle (5 MB) and CPU (2 s a request) do not carry it: ' +
        'unset it, or train in Node with npm run lstm',
      { backend: environment.LSTM_BACKEND },
    );
  }

  const count = Number(environment.ENSEMBLE_MODEL_COUNT) as ModelCount;
  const members = Object.keys(PRESET_WEIGHTS[count]);
  for (const [name, member] of Object.entries(FLAGS)) {
    const enabled = environment[name as keyof typeof environment];
    if (enabled !== undefined && (enabled === 'true') !== members.includes(member)) {
      throw new InvalidInputError(
        'contradictory_environment',
        `${name}=${enabled} contradicts ENSEMBLE_MODEL_COUNT=${count}, whose members are ${members.join(', ')}`,
        { flag: name, preset: count },
      );
    }
  }
  const mode = environment.CANARY_MODE === 'true';
  if (mode && count === 4) {
    throw new InvalidInputError(
      'contradictory_environment',
      'CANARY_MODE=true contradicts ENSEMBLE_MODEL_COUNT=4: that is the baseline, and a canary compares a candidate of 2 or 3 models with it',
      { flag: 'CANARY_MODE', preset: count },
    );
  }
  if (mode && read('CANARY_SYMBOLS') === '') {
    throw new InvalidInputError(
      'contradictory_environment',
      'CANARY_MODE=true contradicts CANARY_SYMBOLS, which is empty: name a symbol, or unset it for ' +
        DEFAULT_CANARY_SYMBOLS.join(','),
      { flag: 'CANARY_MODE' },
    );
  }
  const {
    CONFORMAL_STEP: conformalStep,
    LSTM_COMPANIONS: companions,
    ENSEMBLE_COVARIATES: covariates,
  } = environment;
  const calibrated = environment.ENSEMBLE_OPTIMIZATION_METHOD === 'calibrated';
  const configuration: EnsembleConfiguration = {
    ...wholePreset(count),
    // What is at its default stays away, so that the hash of a configuration is what it was before there was a choice.
    ...(calibrated && { weighting: 'calibrated' }),
    ...(conformalStep !== undefined && { conformalStep }),
    ...(companions !== undefined && { companions }),
    ...(covariates !== undefined && { covariates }),
  };
  return {
    configuration,
    baseline: count === 4 ? configuration : wholePreset(4),
    canary: { mode, symbols: environment.CANARY_SYMBOLS },
  };
}

/** With its grids written out, so that the hash of the configuration covers what is tried, whatever a later version's default is. */
function wholePreset(count: ModelCount): EnsembleConfiguration {
  const preset = presetConfiguration(count);
  const grids = Object.fromEntries(requireConfiguration(preset).map(({ name, grid }) => [name, grid]));
  return { ...preset, grids };
}
