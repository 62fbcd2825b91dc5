import type { DeployContext } from '../deploy-context.ts';
import { type StepState, stepState } from '../deploy-step.ts';
import { SECRET_VARIABLES, type SecretName } from '../vault-secrets.ts';

export const SECRETS_SQL = `select name from vault.secrets where name in ('project_url', 'cron_secret_key', 'alert_webhook_url')`;

/** What cron cannot call functions without. */
const NEEDED: readonly SecretName[] = ['project_url', 'cron_secret_key'];

/** Whether Vault has, or will get, what cron needs to call functions, and the address of alerts. */
export async function checkSecrets({ plan, target }: DeployContext): Promise<StepState> {
  const stored = (await target.query(SECRETS_SQL)).map(({ name }) => name);
  const isThere = (name: SecretName) => stored.includes(name) || plan.secrets[name] !== undefined;
  return stepState({
    missing: NEEDED.filter((name) => !isThere(name)).map((name) => ({
      what: `Vault has no secret ${name}, without which cron calls no function`,
      remedy:
        target.kind === 'remote'
          ? `export ${SECRET_VARIABLES[name]}=..., which the step database writes`
          : 'restart the stack (npm start), which writes it',
    })),
    notes: isThere('alert_webhook_url')
      ? []
      : [
          'Vault has no secret alert_webhook_url: alerts are stored and nobody is called ' +
            "(select vault.create_secret('https://...', 'alert_webhook_url'))",
        ],
  });
}
