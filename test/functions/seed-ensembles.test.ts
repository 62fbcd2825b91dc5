import { afterEach, describe, expect, it, vi } from 'vitest';
import { parseEnvironment } from '../../src/shared/contracts/environment.ts';
import { configurationHash } from '../../src/shared/ensemble/configuration-hash.ts';
import type { EnsembleConfiguration } from '../../src/shared/ensemble/ensemble-configuration.ts';
import type { PlumblineClient } from '../../src/shared/store/client.ts';

declare global {
  /** What the module under test uses of it. */
  const Deno: { readonly env: { get(name: string): string | undefined } };
}

afterEach(() => vi.unstubAllGlobals());

interface Call {
  readonly p_ensemble: string;
  readonly p_configuration: EnsembleConfiguration;
}

/**
 * The calls that a fresh isolate with these variables makes when it is asked twice.
 *
 * @param stored what the database has already
 */
async function seededBy(variables: Record<string, string>, stored?: EnsembleConfiguration) {
  vi.resetModules();
  vi.stubGlobal('Deno', { env: { get: (name: string) => variables[name] } });
  const { seedEnsembles } = await import('../../supabase/functions/_shared/seed-ensembles.ts');
  const calls: unknown[][] = [];
  const store = {
    rpc: async (name: string, call: Call) => {
      calls.push([name, call]);
      return { data: { configuration: stored ?? call.p_configuration }, error: null, status: 200 };
    },
  } as unknown as PlumblineClient;
  await seedEnsembles(store);
  await seedEnsembles(store);
  return calls;
}

describe('the environment of a function', () => {
  const { baseline } = parseEnvironment(() => undefined);
  const seedOf = (configuration: typeof baseline) => [
    'seed_ensemble',
    {
      p_ensemble: configuration.ensemble,
      p_configuration: configuration,
      p_config_hash: configurationHash(configuration),
    },
  ];

  it('seeds the candidate, once an isolate', async () => {
    const { configuration } = parseEnvironment(() => undefined);
    expect(await seededBy({})).toEqual([seedOf(configuration)]);
  });

  it('seeds the whole baseline beside it for a canary, untouched by what is asked of the candidate', async () => {
    const variables: Record<string, string> = { CANARY_MODE: 'true', CONFORMAL_STEP: '0.001' };
    const { configuration } = parseEnvironment((name) => variables[name]);
    expect(await seededBy(variables)).toEqual([seedOf(configuration), seedOf(baseline)]);
  });

  it('seeds the baseline alone when it is what is asked for', async () => {
    expect(await seededBy({ ENSEMBLE_MODEL_COUNT: '4' })).toEqual([seedOf(baseline)]);
  });

  it('is held against what is stored, and the log says where the two differ', async () => {
    const lines = vi.spyOn(console, 'log').mockImplementation(() => {});
    const { configuration } = parseEnvironment(() => undefined);
    await seededBy({}, { ...configuration, meanFactors: [0.25], refitEvery: 10 });
    expect(lines).not.toHaveBeenCalled();
    await seededBy({ ENSEMBLE_MODEL_COUNT: '3', ENSEMBLE_COVARIATES: 'VIX,SPY:range' }, configuration);
    expect(lines).toHaveBeenCalledTimes(1);
    expect(JSON.parse(lines.mock.calls[0][0])).toEqual({
      event: 'other ensemble stored',
      warning:
        'The environment asks for the candidate of ARIMA_GARCH 0.3, GB 0.3, LSTM 0.4; weights simple_avg; covariates VIX, SPY:range, but ' +
        'the database has one of ARIMA_GARCH 0.5, LSTM 0.5; weights simple_avg, which stands: npm run canary -- deploy puts another in its place',
    });
    lines.mockRestore();
  });
});
