/** One figure for each part of a window. */
export interface PartScores {
  readonly train: number;
  readonly validation: number;
  readonly test: number;
}
