import { FitError } from '../errors/fit-error.ts';
import type { DroppedMember } from './dropped-member.ts';

/**
 * Members with their weights divided by what is left of them, so that they sum to 1.
 *
 * @param members those that remain
 * @param dropped why others do not; for the message
 * @throws FitError `no_member_left` when none remains
 */
export function renormalised<Member extends { readonly weight: number }>(
  members: readonly Member[],
  dropped: readonly DroppedMember[],
): Member[] {
  if (members.length === 0) {
    throw new FitError(
      'no_member_left',
      `Every member failed, and an ensemble needs one: ${dropped.map(({ message }) => message).join('; ')}`,
      { members: dropped.map(({ member }) => member), codes: dropped.map(({ code }) => code) },
    );
  }
  const sum = members.reduce((total, { weight }) => total + weight, 0);
  return members.map((member) => ({ ...member, weight: member.weight / sum }));
}
