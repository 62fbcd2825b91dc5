import type { Sql } from 'postgres';
import type { ProjectConfig } from './config.ts';

/** The names under which the stack itself supplies what hosted projects set by hand. */
export interface SuppliedSecrets {
  /** Where the project answers: the gateway's URL, which changes with its port. */
  readonly PLUMBLINE_PROJECT_URL: string;
  /** The named secret key the database calls functions with. */
  readonly PLUMBLINE_CRON_SECRET_KEY: string;
}

/**
 * Writes the secrets named under `[db.vault]` to Vault, new or changed, as `supabase db push` does.
 *
 * `env(NAME)` is looked up in `supplied`, then in `environment`; what is found in neither is left out and logged.
 */
export async function writeVaultSecrets(
  sql: Sql,
  config: ProjectConfig,
  supplied: SuppliedSecrets,
  environment: Readonly<Record<string, string | undefined>>,
  log: (line: string) => void,
): Promise<void> {
  for (const [name, configured] of Object.entries(config.db.vault)) {
    const variable = /^env\((\w+)\)$/.exec(configured)?.[1];
    const value =
      variable === undefined
        ? configured
        : ((supplied as unknown as Record<string, string>)[variable] ?? environment[variable]);
    if (value === undefined || value === '') {
      log(`vault: ${name} is not set, because the environment has no ${variable}`);
      continue;
    }
    const [existing] = await sql<{ id: string; decrypted_secret: string }[]>`
      select id, decrypted_secret from vault.decrypted_secrets where name = ${name}
    `;
    if (existing === undefined) await sql`select vault.create_secret(${value}, ${name})`;
    else if (existing.decrypted_secret !== value)
      await sql`select vault.update_secret(${existing.id}, ${value})`;
  }
}
