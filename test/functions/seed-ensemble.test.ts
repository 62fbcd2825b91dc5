import { afterEach, describe, expect, it, vi } from 'vitest';
import { parseEnvironment } from '../../src/shared/contracts/environment.ts';
import { configurationHash } from '../../src/shared/ensemble/configuration-hash.ts';
import type { PlumblineClient } from '../../src/shared/store/client.ts';

declare global {
  /** What the module under test uses of it. */
  const Deno: { readonly env: { get(name: string): string | undefined } };
}

afterEach(() => vi.unstubAllGlobals());

/** The calls that a fresh isolate with these variables makes when it is asked twice. */
async function seededBy(variables: Record<string, string>) {
  vi.resetModules();
  vi.stubGlobal('Deno', { env: { get: (name: string) => variables[name] } });
  const { seedEnsemble } = await import('../../supabase/functions/_shared/seed-ensemble.ts');
  const calls: unknown[][] = [];
  const store = {
    rpc: async (...call: unknown[]) => {
      calls.push(call);
      return { data: {}, error: null, status: 200 };
    },
  } as unknown as PlumblineClient;
  await seedEnsemble(store);
  await seedEnsemble(store);
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
});
