import { parseEnvironment } from '../../../src/shared/contracts/environment.ts';
import { storedInstead } from '../../../src/shared/ensemble/stored-instead.ts';
import type { PlumblineClient } from '../../../src/shared/store/client.ts';
import { seedEnsemble } from '../../../src/shared/store/seed-ensemble.ts';
import { log } from './log.ts';

let seeded = false;

/**
 * Stores the ensemble that this function's environment asks for, and with `CANARY_MODE=true` the baseline beside it,
 * once an isolate, unless the database has them: then those stand, and the log says so.
 */
export async function seedEnsembles(store: PlumblineClient): Promise<void> {
  if (seeded) return;
  const { configuration, baseline, canary } = parseEnvironment((name) => Deno.env.get(name));
  for (const asked of canary.mode ? [configuration, baseline] : [configuration]) {
    const warning = storedInstead(asked, await seedEnsemble(store, asked));
    if (warning !== null) log('other ensemble stored', { warning });
  }
  seeded = true;
}
