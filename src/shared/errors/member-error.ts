import { PlumblineError } from './plumbline-error.ts';

/** A member failed in a way that nobody foresaw (`member_failed`): `details.member` names it, `cause` is what it threw. */
export class MemberError extends PlumblineError {}
