import type { DeployContext } from '../deploy-context.ts';
import { type DeployStep, stepState } from '../deploy-step.ts';

/** Brings the migrations, and what Vault is to hold, to the database. */
export function database({ target }: DeployContext): DeployStep {
  return {
    name: 'database',
    does:
      target.kind === 'remote'
        ? 'pushes migrations, Vault secrets and the registry of symbols: supabase db push --include-seed'
        : 'has nothing to apply: a stack applies its migrations when it starts',
    needsRollout: false,
    sql: ['select version from supabase_migrations.schema_migrations'],
    async check() {
      const pending = await target.pendingMigrations();
      return stepState({ pending: pending.map((file) => `${file} is applied`) });
    },
    async run() {
      await target.applyMigrations();
    },
  };
}
