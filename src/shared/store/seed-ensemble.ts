import { ensembleConfigurationSchema } from '../contracts/ensemble-configuration.ts';
import { parse } from '../contracts/parse.ts';
import { configurationHash } from '../ensemble/configuration-hash.ts';
import type { EnsembleConfiguration } from '../ensemble/ensemble-configuration.ts';
import type { PlumblineClient } from './client.ts';
import type { Json } from './database.types.ts';
import { unwrap } from './unwrap.ts';

/**
 * Stores an ensemble's configuration, unless the database has one: then that stands.
 *
 * @returns the one in force
 * @throws StoreError
 */
export async function seedEnsemble(
  store: PlumblineClient,
  configuration: EnsembleConfiguration,
): Promise<EnsembleConfiguration> {
  const seeded = unwrap(
    await store.rpc('seed_ensemble', {
      p_ensemble: configuration.ensemble,
      p_configuration: configuration as unknown as Json,
      p_config_hash: configurationHash(configuration),
    }),
  );
  const { configuration: inForce } = seeded as { readonly configuration: Json };
  return parse(
    ensembleConfigurationSchema,
    inForce,
    `The stored configuration of the ${configuration.ensemble}`,
  );
}
