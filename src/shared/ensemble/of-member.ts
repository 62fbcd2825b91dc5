import { FitError } from '../errors/fit-error.ts';
import { InvalidInputError } from '../errors/invalid-input-error.ts';
import { MemberError } from '../errors/member-error.ts';
import { PlumblineError } from '../errors/plumbline-error.ts';
import type { MemberName } from '../models/forecaster.ts';

/**
 * Does something with a member and names the member in what goes wrong: the message begins with its name, and `details.member`
 * is it.
 *
 * @throws FitError, InvalidInputError as the member threw them; MemberError `member_failed` for anything else
 */
export function ofMember<T>(name: MemberName, use: () => T): T {
  try {
    return use();
  } catch (error) {
    if (failedMember(error) !== undefined) throw error;
    const said = error instanceof Error ? error.message : String(error);
    const message = said.startsWith(name) ? said : `${name}: ${said}`;
    if (error instanceof FitError)
      throw new FitError(error.code, message, { ...error.details, member: name });
    if (error instanceof InvalidInputError) {
      throw new InvalidInputError(error.code, message, { ...error.details, member: name });
    }
    const failure = new MemberError('member_failed', message, { member: name });
    failure.cause = error;
    throw failure;
  }
}

/** The member that an error of {@link ofMember} names; undefined for any other error. */
export function failedMember(error: unknown): MemberName | undefined {
  const member = error instanceof PlumblineError ? error.details.member : undefined;
  return member as MemberName | undefined;
}
