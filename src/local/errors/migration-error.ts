import { PlumblineError } from '../../shared/errors/plumbline-error.ts';

/**
 * Why the migrations cannot be applied: a file failed, was changed after it was applied, is missing though the database
 * has it (one from before the first file, or another), or has a name the CLI would not take.
 */
export type MigrationErrorCode =
  | 'migration_failed'
  | 'migration_changed'
  | 'database_before_baseline'
  | 'migration_unknown'
  | 'migration_misnamed';

/** The migrations and the database do not fit together. Nothing of the migration named is left behind. */
export class MigrationError extends PlumblineError {
  declare readonly code: MigrationErrorCode;
}
