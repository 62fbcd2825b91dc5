import { FitError } from '../errors/fit-error.ts';
import { InvalidInputError } from '../errors/invalid-input-error.ts';
import type { FailedCandidate } from './failed-candidate.ts';
import type { GridEntry } from './grid-entry.ts';
import { noValidCandidate } from './no-valid-candidate.ts';
import { ofMember } from './of-member.ts';
import type { ConfiguredMember } from './require-configuration.ts';

/** The entries of the members' grids that were found not to work, as they are found. */
export class FailedCandidates {
  #list: readonly FailedCandidate[];

  constructor(list: readonly FailedCandidate[] = []) {
    this.#list = list;
  }

  /** In the order in which they failed. */
  get list(): readonly FailedCandidate[] {
    return this.#list;
  }

  has({ member, entry }: GridEntry): boolean {
    return this.#list.some((failed) => failed.member === member.name && failed.entry === entry);
  }

  /** Those of some members alone. */
  of(members: readonly ConfiguredMember[]): FailedCandidates {
    return new FailedCandidates(
      this.#list.filter(({ member }) => members.some(({ name }) => name === member)),
    );
  }

  /**
   * Does something with an entry; one with which it cannot be done is among the failed from then on.
   *
   * @returns null if it failed
   * @throws FitError, InvalidInputError naming the member, when no other entry of its grid is left; what is neither the data's nor
   *   the entry's fault
   */
  attempt<T>(candidate: GridEntry, use: () => T): T | null {
    const { member, entry } = candidate;
    const { name, grid } = member;
    try {
      return ofMember(name, use);
    } catch (error) {
      if (!(error instanceof FitError || error instanceof InvalidInputError)) throw error;
      if (this.has(candidate)) return null;
      this.#list = [...this.#list, { member: name, entry, code: error.code, message: error.message }];
      const ofSame = this.#list.filter((failed) => failed.member === name);
      if (ofSame.length === grid.length) throw noValidCandidate(name, grid, ofSame, error);
      return null;
    }
  }
}
