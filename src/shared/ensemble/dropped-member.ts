import type { Json } from '../json.ts';
import type { MemberName } from '../models/forecaster.ts';

/** What becomes of an ensemble when a member fails: it fails too, or goes on with the others. */
export const ON_MEMBER_FAILURE = ['fail', 'drop'] as const;
export type OnMemberFailure = (typeof ON_MEMBER_FAILURE)[number];

/** A member that an ensemble goes on without. */
export interface DroppedMember {
  readonly member: MemberName;
  /** Code of the error that it failed with. */
  readonly code: string;
  readonly message: string;
  /** Time of the last bar that was known when it failed; null when it took no part at all. */
  readonly since: string | null;
}

/** As JSON, in the names of columns. */
export function droppedMembersJson(dropped: readonly DroppedMember[]): Json {
  return dropped.map(({ member, code, message, since }) => ({ member, code, message, since }));
}
