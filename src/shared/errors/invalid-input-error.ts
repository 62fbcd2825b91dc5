import { PlumblineError } from './plumbline-error.ts';

/** The caller's input breaks a rule: HTTP 400. Repeating the call unchanged cannot succeed. */
export class InvalidInputError extends PlumblineError {}
