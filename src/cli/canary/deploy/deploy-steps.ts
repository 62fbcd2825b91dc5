import type { DeployContext } from './deploy-context.ts';
import type { DeployStep } from './deploy-step.ts';
import { configuration } from './steps/configuration.ts';
import { database } from './steps/database.ts';
import { firstForecasts } from './steps/first-forecasts.ts';
import { functions } from './steps/functions.ts';
import { health } from './steps/health.ts';
import { monitoring } from './steps/monitoring.ts';
import { preflight } from './steps/preflight.ts';
import { verification } from './steps/verification.ts';

/** The steps of deploying, in order. */
export function deploySteps(context: DeployContext): readonly DeployStep[] {
  return [
    preflight,
    health,
    database,
    functions,
    configuration,
    firstForecasts,
    verification,
    monitoring,
  ].map((step) => step(context));
}
