import { FitError, type FitErrorCode } from '../errors/fit-error.ts';
import type { InvalidInputError } from '../errors/invalid-input-error.ts';
import type { Hyperparameters, MemberName } from '../models/forecaster.ts';
import type { FailedCandidate } from './failed-candidate.ts';

/** What is wrong with the bars and not with what is tried on them. */
const DATA_CODES: readonly string[] = [
  'too_few_bars',
  'constant_series',
  'not_finite',
  'companion_beyond_cutoff',
] satisfies FitErrorCode[];

/**
 * The error of a member that failed with every entry of its grid.
 *
 * @param failed one for each entry
 * @param last the error of the last one; it stands where there is no other, or where all say the same of the bars
 * @returns FitError `no_valid_candidate` that says of each entry why; or `last`
 */
export function noValidCandidate(
  name: MemberName,
  grid: readonly Hyperparameters[],
  failed: readonly FailedCandidate[],
  last: FitError | InvalidInputError,
): FitError | InvalidInputError {
  const sameOfAll = failed.every(({ code }) => code === last.code);
  if (grid.length === 1 || (sameOfAll && DATA_CODES.includes(last.code))) return last;
  const reasons = failed.map(
    ({ entry, code, message }) =>
      `${JSON.stringify(grid[entry])}: ${code}, ${message.replace(`${name}: `, '')}`,
  );
  return new FitError(
    'no_valid_candidate',
    `${name}: none of the ${grid.length} candidates of its grid can be fitted. ${reasons.join('; ')}`,
    { member: name, codes: failed.map(({ code }) => code), reasons },
  );
}
