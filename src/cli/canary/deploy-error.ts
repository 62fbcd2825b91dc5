import { PlumblineError } from '../../shared/errors/plumbline-error.ts';

/** A deploy cannot go on: `code` and message say why, and what to do. Running it again goes on where it stopped. */
export class DeployError extends PlumblineError {}
