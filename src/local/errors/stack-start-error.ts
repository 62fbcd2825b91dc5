import { PlumblineError } from '../../shared/errors/plumbline-error.ts';

/** Why the stack cannot start on this machine or in this directory. */
export type StackStartErrorCode =
  | 'unsupported_platform'
  | 'postgres_missing'
  | 'postgres_failed'
  | 'data_directory_unusable'
  | 'deno_missing'
  | 'invalid_config'
  | 'port_in_use';

/** The stack cannot start. Whatever had been started is ended before this is thrown. */
export class StackStartError extends PlumblineError {
  declare readonly code: StackStartErrorCode;
}
