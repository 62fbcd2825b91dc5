import type { DeployContext } from '../deploy-context.ts';
import { type StepState, stepState } from '../deploy-step.ts';

export const SECRETS_SQL = `select name from vault.secrets where name in ('project_url', 'cron_secret_key', 'alert_webhook_url')`;

/** What cron cannot call functions without, and the variables that db push takes them from. */
const NEEDED = {
  project_url: 'PLUMBLINE_PROJECT_URL',
  cron_secret_key: 'PLUMBLINE_CRON_SECRET_KEY',
} as const;

/** Whether Vault has what cron needs to call functions, and the address of alerts. */
export async function checkSecrets(
  { target }: DeployContext,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<StepState> {
  const names = (await target.query(SECRETS_SQL)).map(({ name }) => name);
  const absent = Object.entries(NEEDED).filter(([name]) => !names.includes(name));
  const pushed = (variable: string) => target.kind === 'remote' && Boolean(environment[variable]);
  return stepState({
    missing: absent
      .filter(([, variable]) => !pushed(variable))
      .map(([name, variable]) => ({
        what: `Vault has no secret ${name}, without which cron calls no function`,
        remedy:
          target.kind === 'remote'
            ? `export ${variable}=..., which the step database pushes`
            : 'restart the stack (npm start), which writes it',
      })),
    notes: [
      ...absent
        .filter(([, variable]) => pushed(variable))
        .map(([name, variable]) => `Vault's ${name} is pushed from ${variable} with the migrations`),
      ...(names.includes('alert_webhook_url')
        ? []
        : [
            'Vault has no secret alert_webhook_url: alerts are stored and nobody is called ' +
              "(select vault.create_secret('https://...', 'alert_webhook_url'))",
          ]),
    ],
  });
}
