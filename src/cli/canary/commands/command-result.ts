/** What a command ends with. */
export interface CommandResult {
  /** Exit status: 0 done, 1 refused or something is missing. */
  readonly status: number;
  /** With `--json`. */
  readonly document: unknown;
  /** For people. */
  readonly text: string;
}
