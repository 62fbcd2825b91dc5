import { setTimeout as sleep } from 'node:timers/promises';
import { StoreError } from '../../../shared/errors/store-error.ts';
import { writeSecrets } from '../../../shared/store/write-secrets.ts';
import type { Target } from '../target/target.ts';
import { type StepState, stepState } from './deploy-step.ts';
import { sqlText } from './sql-text.ts';

/** What the schedule takes from Vault, and the variables that hold it; the same as in `[db.vault]` of supabase/config.toml. */
export const SECRET_VARIABLES = {
  project_url: 'PLUMBLINE_PROJECT_URL',
  cron_secret_key: 'PLUMBLINE_CRON_SECRET_KEY',
  alert_webhook_url: 'PLUMBLINE_ALERT_WEBHOOK_URL',
} as const;
export type SecretName = keyof typeof SECRET_VARIABLES;

/** Values by name; what the environment does not have is left out. */
export type VaultSecrets = Readonly<Partial<Record<SecretName, string>>>;

/** Of a deploy what its secrets need. */
interface SecretsContext {
  readonly plan: { readonly secrets: VaultSecrets; readonly actor: string };
  readonly target: Target;
}

/** PostgREST knows a function some seconds after the migration that made it; in milliseconds. */
const PATIENCE = 60_000;

/** Targets whose database has the function: it does not go away. */
const knowing = new WeakSet<Target>();

export const KNOWN_SQL = `select to_regprocedure('public.write_secrets(jsonb, text, boolean)') is not null as known`;

/** The secrets of a hosted project, from the environment; without `PLUMBLINE_PROJECT_URL` its address is `SUPABASE_URL`. */
export function secretsOf(environment: Readonly<Record<string, string | undefined>>): VaultSecrets {
  const values: Record<SecretName, string | undefined> = {
    project_url: (environment.PLUMBLINE_PROJECT_URL || environment.SUPABASE_URL)?.replace(/\/+$/, ''),
    cron_secret_key: environment.PLUMBLINE_CRON_SECRET_KEY,
    alert_webhook_url: environment.PLUMBLINE_ALERT_WEBHOOK_URL,
  };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value));
}

/** How Vault's secrets stand beside those of the environment. No value is shown. */
export async function checkVaultSecrets({ plan, target }: SecretsContext): Promise<StepState> {
  const names = namesOf(plan.secrets);
  if (names.length === 0) return stepState();
  const variables = (some: readonly SecretName[]) => some.map((name) => SECRET_VARIABLES[name]).join(', ');
  if (!(await isKnown(target))) {
    return stepState({ pending: [`Vault gets ${names.join(', ')} from ${variables(names)}`] });
  }
  const outcomes = await writeSecrets(target.store, {
    secrets: plan.secrets,
    actor: plan.actor,
    dryRun: true,
  });
  const those = (outcome: string) => names.filter((name) => outcomes[name] === outcome);
  const [absent, other, same] = [those('created'), those('updated'), those('unchanged')];
  return stepState({
    pending: [
      ...absent.map((name) => `Vault gets ${name} from ${variables([name])}`),
      ...other.map((name) => `Vault's ${name} is replaced: it is not the present ${variables([name])}`),
    ],
    notes: same.length === 0 ? [] : [`Vault has the present ${variables(same)}`],
  });
}

/** Writes to Vault what is new or changed there. */
export async function writeVaultSecrets({ plan, target }: SecretsContext): Promise<void> {
  if (namesOf(plan.secrets).length === 0) return;
  const began = performance.now();
  for (;;) {
    try {
      await writeSecrets(target.store, { secrets: plan.secrets, actor: plan.actor, dryRun: false });
      return;
    } catch (error) {
      const isUnknown = error instanceof StoreError && error.code === 'PGRST202';
      if (!isUnknown || performance.now() - began > PATIENCE) throw error;
      await sleep(1_000);
    }
  }
}

/** The statement that writes them, without their values. */
export function writeSecretsSql(secrets: VaultSecrets, actor: string): string {
  const shown = Object.fromEntries(namesOf(secrets).map((name) => [name, '...']));
  return `select public.write_secrets(${sqlText(JSON.stringify(shown))}, ${sqlText(actor)})`;
}

async function isKnown(target: Target): Promise<boolean> {
  if (knowing.has(target)) return true;
  const [row] = await target.query(KNOWN_SQL);
  if (row.known === true) knowing.add(target);
  return row.known === true;
}

function namesOf(secrets: VaultSecrets): SecretName[] {
  return Object.keys(secrets) as SecretName[];
}
