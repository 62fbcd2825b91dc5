/** How fast a good candidate may come through its stages. */
export interface RehearsalPace {
  /** Days that a stage lasts at least. */
  readonly stageDays: number;
  /** Sessions that the good candidate may take on its way, at least. */
  readonly sessions: number;
  /** Settings of the judge, in the place of a project's. */
  readonly criteria: { readonly minimum_sessions?: number; readonly confidence?: number };
}

/** A judge as a project has it. */
export const FULL_PACE: RehearsalPace = { stageDays: 5, sessions: 25, criteria: {} };
/** The same way, before a judge who is content with less. */
export const SHORT_PACE: RehearsalPace = {
  stageDays: 2,
  sessions: 10,
  criteria: { minimum_sessions: 2, confidence: 0.55 },
};
