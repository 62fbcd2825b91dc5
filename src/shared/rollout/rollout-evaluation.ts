/** From worst to best. `insufficient` holds the stage, and says what is missing. */
export const VERDICTS = ['fail', 'insufficient', 'pass'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** In the order in which they are shown. */
export const CRITERION_NAMES = [
  'duration',
  'forecast_coverage',
  'divergence',
  'rmse',
  'crps',
  'errors',
  'database_health',
  'interval_coverage',
  'tests',
  'approvals',
] as const;
export type CriterionName = (typeof CRITERION_NAMES)[number];

/** Anything of JSON; never NaN or infinite. */
export type Figure =
  | string
  | number
  | boolean
  | null
  | readonly Figure[]
  | { readonly [name: string]: Figure };
export type Figures = Readonly<Record<string, Figure>>;

/** What was found of one criterion: a row of the evaluation. */
export interface CriterionResult {
  readonly criterion: CriterionName;
  readonly verdict: Verdict;
  /** How much it rests on: sessions, windows, forecasts, timings. The sentence says of what. */
  readonly n: number;
  readonly figures: Figures;
  readonly sentence: string;
  /** How many more sessions (bars of a day) it is likely to need; null when that is not what it needs, or cannot be told. */
  readonly bars_needed: number | null;
}

export type TriggerName = 'rmse_worse' | 'crps_worse' | 'divergence';

/** Something that rolls back. */
export interface RolloutTrigger {
  readonly trigger: TriggerName;
  /** `AAPL 1D`, or the horizon alone; null for the whole. */
  readonly subject: string | null;
  readonly figures: Figures;
  readonly sentence: string;
}

/** What the judge found of a stage: what `store_evaluation` takes. */
export interface RolloutEvaluation {
  readonly evidence_at: string;
  readonly code_version: string;
  /** The worst of the criteria's. */
  readonly verdict: Verdict;
  /** One sentence, computed from the criteria. */
  readonly status_line: string;
  /** One row each, in the order of {@link CRITERION_NAMES}. */
  readonly criteria: readonly CriterionResult[];
  /** Empty when nothing would roll back. */
  readonly triggers: readonly RolloutTrigger[];
  /** The same for people. */
  readonly markdown: string;
}

/** The worst of them; `insufficient` when there are none, for nothing is known then. */
export function worstVerdict(verdicts: readonly Verdict[]): Verdict {
  return VERDICTS.find((verdict) => verdicts.includes(verdict)) ?? 'insufficient';
}
