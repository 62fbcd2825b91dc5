import { parse } from '../contracts/parse.ts';
import { type SecretOutcomes, secretOutcomesSchema } from '../contracts/secret-outcomes.ts';
import type { PlumblineClient } from './client.ts';
import { unwrap } from './unwrap.ts';

/** How secrets are written. */
export interface WriteSecrets {
  /** Values by the secrets' names. They are sent to the database, and never come back. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Who writes them, for the log. */
  readonly actor: string;
  /** Compare only. */
  readonly dryRun: boolean;
}

/**
 * Writes secrets to Vault where they are new or changed.
 *
 * @throws StoreError `invalid_secret`, `unknown_secret`, `no_actor`; `PGRST202` where the database has no such function yet
 */
export async function writeSecrets(
  client: PlumblineClient,
  { secrets, actor, dryRun }: WriteSecrets,
): Promise<SecretOutcomes> {
  const answer = await client.rpc('write_secrets', {
    p_secrets: secrets,
    p_actor: actor,
    p_dry_run: dryRun,
  });
  return parse(secretOutcomesSchema, unwrap(answer), 'The answer of write_secrets');
}
