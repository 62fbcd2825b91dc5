/** What a bench may be told. */
export interface BenchOptions {
  /** Daily bars to use instead of the bench's own. */
  readonly csv: string | undefined;
  readonly rounds: number;
  /** What `overfitting` may be told, as it was written. */
  readonly zoo?: {
    readonly symbols?: string;
    readonly from?: string;
    readonly threads?: string;
    readonly cache?: string;
    readonly withoutEnsemble?: boolean;
  };
}
