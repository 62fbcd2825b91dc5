/** A sentence that follows from its figures, with a code for programs. */
export interface Remark<Code extends string = string> {
  readonly code: Code;
  readonly sentence: string;
  /** What the sentence says, as numbers and names; returns are fractions. */
  readonly figures: Readonly<Record<string, number | string | readonly string[]>>;
}
