import { parseEnvironment } from '../../../src/shared/contracts/environment.ts';
import { configurationHash } from '../../../src/shared/ensemble/configuration-hash.ts';
import type { PlumblineClient } from '../../../src/shared/store/client.ts';
import type { Json } from '../../../src/shared/store/database.types.ts';
import { unwrap } from '../../../src/shared/store/unwrap.ts';

let seeded = false;

/**
 * Stores the configuration of this function's environment as the candidate ensemble, once an isolate, unless the database has
 * one: then that one stands.
 */
export async function seedEnsemble(store: PlumblineClient): Promise<void> {
  if (seeded) return;
  const { configuration } = parseEnvironment((name) => Deno.env.get(name));
  unwrap(
    await store.rpc('seed_ensemble', {
      p_ensemble: configuration.ensemble,
      p_configuration: configuration as unknown as Json,
      p_config_hash: configurationHash(configuration),
    }),
  );
  seeded = true;
}
