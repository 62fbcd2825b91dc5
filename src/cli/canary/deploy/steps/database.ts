import type { DeployContext } from '../deploy-context.ts';
import { type DeployStep, joinStates, stepState } from '../deploy-step.ts';
import { checkVaultSecrets, KNOWN_SQL, writeSecretsSql, writeVaultSecrets } from '../vault-secrets.ts';

/** Brings the migrations, and what Vault is to hold, to the database. */
export function database(context: DeployContext): DeployStep {
  const { plan, target } = context;
  /** As the last check found it: remote, each look takes seconds. */
  let pending: readonly string[] | null = null;
  return {
    name: 'database',
    does:
      target.kind === 'remote'
        ? 'pushes migrations and the registry of symbols (supabase db push --include-seed), and writes Vault secrets that changed'
        : 'has nothing to apply: a stack applies its migrations, and writes its Vault secrets, when it starts',
    needsRollout: false,
    sql: [
      'select version from supabase_migrations.schema_migrations',
      ...(Object.keys(plan.secrets).length === 0
        ? []
        : [KNOWN_SQL, writeSecretsSql(plan.secrets, plan.actor)]),
    ],
    async check() {
      pending = await target.pendingMigrations();
      return joinStates([
        stepState({ pending: pending.map((file) => `${file} is applied`) }),
        await checkVaultSecrets(context),
      ]);
    },
    async run() {
      // A push with nothing pending returns before it looks at Vault.
      pending ??= await target.pendingMigrations();
      if (pending.length > 0) await target.applyMigrations();
      await writeVaultSecrets(context);
    },
  };
}
