import type { Json } from '../json.ts';
import type { MemberName } from '../models/forecaster.ts';

/** An entry of a member's grid that could not be fitted, or could not forecast: tuning chose among the others. */
export interface FailedCandidate {
  readonly member: MemberName;
  /** Its place in the member's grid, from 0. */
  readonly entry: number;
  readonly code: string;
  readonly message: string;
}

/** As JSON, in the names of columns. */
export function failedCandidatesJson(failed: readonly FailedCandidate[]): Json {
  return failed.map(({ member, entry, code, message }) => ({ member, entry, code, message }));
}
