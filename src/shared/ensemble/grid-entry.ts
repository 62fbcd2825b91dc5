import type { ConfiguredMember } from './require-configuration.ts';

/** One entry of a member's grid: a candidate of the tuning. */
export interface GridEntry {
  readonly member: ConfiguredMember;
  /** Its place in the grid, from 0. */
  readonly entry: number;
}

/** Every entry of every member's grid, in order. */
export function everyGridEntry(members: readonly ConfiguredMember[]): GridEntry[] {
  return members.flatMap((member) => member.grid.map((_, entry) => ({ member, entry })));
}
