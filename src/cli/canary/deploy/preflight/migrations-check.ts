import type { DeployContext } from '../deploy-context.ts';
import { type StepState, stepState } from '../deploy-step.ts';

/** Which migrations the database has not: those of a hosted project are pushed later, those of a running stack took a restart. */
export async function checkMigrations({ target }: DeployContext): Promise<StepState> {
  const pending = await target.pendingMigrations();
  if (pending.length === 0) return stepState();
  const files = `${pending.length === 1 ? '1 migration' : `${pending.length} migrations`} (${pending.join(', ')})`;
  if (target.kind === 'remote') return stepState({ notes: [`the step database pushes ${files}`] });
  return stepState({
    missing: [
      {
        what: `the running stack has not ${files}`,
        remedy: 'stop it and start it again with npm start, which applies migrations',
      },
    ],
  });
}
