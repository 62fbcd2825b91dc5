import { parseEnvironment } from '../../../src/shared/contracts/environment.ts';
import { configurationHash } from '../../../src/shared/ensemble/configuration-hash.ts';
import type { PlumblineClient } from '../../../src/shared/store/client.ts';
import type { Json } from '../../../src/shared/store/database.types.ts';
import { unwrap } from '../../../src/shared/store/unwrap.ts';

let seeded = false;

/**
 * Stores the ensemble that this function's environment asks for, and with `CANARY_MODE=true` the baseline beside it, once an
 * isolate, unless the database has them: then those stand.
 */
export async function seedEnsemble(store: PlumblineClient): Promise<void> {
  if (seeded) return;
  const { configuration, baseline, canary } = parseEnvironment((name) => Deno.env.get(name));
  for (const ensemble of canary.mode ? [configuration, baseline] : [configuration]) {
    unwrap(
      await store.rpc('seed_ensemble', {
        p_ensemble: ensemble.ensemble,
        p_configuration: ensemble as unknown as Json,
        p_config_hash: configurationHash(ensemble),
      }),
    );
  }
  seeded = true;
}
