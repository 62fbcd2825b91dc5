/** The setting `rollout_criteria`: what a stage is judged by. Fractions unless said otherwise. */
export interface RolloutCriteria {
  /** The candidate's mean divergence must stay below it. */
  readonly mean_divergence: number;
  /** One window above it rolls back. */
  readonly largest_divergence: number;
  /** How much worse than the baseline's the candidate's RMSE and CRPS may be: 0.05 is 5 %. */
  readonly margin: number;
  /** How much worse, beyond doubt, rolls back. */
  readonly rollback_margin: number;
  /** Of every interval and sequential test. */
  readonly confidence: number;
  /** Sessions without which no stage passes; a count. */
  readonly minimum_sessions: number;
  /** How many times what deploy captured the p95 of queries may be. */
  readonly health_ratio: number;
  /** More of them roll back; a count. The database judges it. */
  readonly critical_alerts_per_hour: number;
}

/** What a forecast said of one log return. */
export interface PairedForecast {
  readonly mean: number;
  /** At the 199 levels of `QUANTILE_LEVELS`, never decreasing. */
  readonly quantiles: Float64Array;
}

/** Two forecasts of the same bar from the same bar, and what came. */
export interface ForecastPair {
  readonly symbol: string;
  readonly horizon: string;
  /** Time of the last bar that both saw, ISO 8601. Its date is the session's: bars of a day are at midnight UTC, half sessions by day. */
  readonly data_cutoff: string;
  readonly outcome_time: string;
  /** Log return over the horizon. */
  readonly realised_return: number;
  readonly candidate: PairedForecast;
  readonly baseline: PairedForecast;
}

/** A forecast that was to be there. */
export interface ExpectedForecast {
  readonly symbol: string;
  readonly horizon: string;
  readonly ensemble: 'candidate' | 'baseline';
  /** `YYYY-MM-DD` */
  readonly session_date: string;
  readonly data_cutoff: string;
  readonly deadline: string;
  /** `bar_missing`: the bar it was to be made from did not come. */
  readonly state: 'there' | 'late' | 'forecast_missing' | 'bar_missing';
}

/** The latest window of the candidate for a symbol and horizon. */
export interface JudgedWindow {
  readonly symbol: string;
  readonly horizon: string;
  readonly window_id: number;
  readonly last_bar_time: string;
  readonly divergence: number;
  readonly verdict: string;
  /** Whether its skill is too good to be true. */
  readonly implausible: boolean;
  readonly reasons: readonly string[];
  readonly validated_at: string;
}

/** Durations of one query. */
export interface QueryTiming {
  /** 95th percentile, in milliseconds. */
  readonly p95_ms: number;
  /** How many were timed. */
  readonly n: number;
}

export type RolloutStage = 'canary' | 'limited' | 'full';

/** The rollout that is judged. Times are ISO 8601. */
export interface JudgedRollout {
  readonly id: number;
  readonly status: 'running' | 'completed' | 'rolled_back';
  readonly stage: RolloutStage;
  readonly started_at: string;
  readonly stage_started_at: string;
  readonly stage_due_at: string;
  readonly candidate_hash: string;
  readonly baseline_hash: string;
  readonly commit_hash: string | null;
  /** Of the deployed commit; null: they were not run. */
  readonly tests: { readonly passed: number; readonly failed: number } | null;
}

/** Everything a stage is judged on, of one moment: what the SQL function `rollout_evidence` answers. */
export interface RolloutEvidence {
  readonly rollout: JudgedRollout;
  /** The database's time. */
  readonly evidence_at: string;
  readonly criteria: RolloutCriteria;
  /** Whose approval a promotion needs. */
  readonly roles: readonly string[];
  /** Of this stage. */
  readonly approvals: readonly {
    readonly role: string;
    readonly actor: string;
    readonly approved_at: string;
  }[];
  /** What the candidate is forecast on. */
  readonly symbols: readonly { readonly symbol: string; readonly horizons: readonly string[] }[];
  /** Of candidate and baseline, whose deadline has passed; the stage's latest 60 sessions. */
  readonly expected: readonly ExpectedForecast[];
  /** The stage's latest 60 sessions. */
  readonly pairs: readonly ForecastPair[];
  readonly windows: readonly JudgedWindow[];
  readonly windows_expected: readonly { readonly symbol: string; readonly horizon: string }[];
  /** Jobs that ended dead since the stage began, of the candidate or of no ensemble. */
  readonly dead_jobs: readonly {
    readonly id: number;
    readonly kind: string;
    readonly symbol: string | null;
    readonly horizon: string | null;
    readonly ensemble: string | null;
    readonly code: string | null;
    readonly message: string | null;
    readonly finished_at: string | null;
  }[];
  readonly failed_runs: readonly {
    readonly id: string;
    readonly kind: string;
    readonly code: string | null;
    readonly message: string | null;
    readonly finished_at: string | null;
  }[];
  /** Errors that nobody handled. */
  readonly errors: readonly {
    readonly id: number;
    readonly source: string;
    readonly code: string;
    readonly message: string;
    readonly occurred_at: string;
  }[];
  readonly health: {
    /** Before deploy changed anything. */
    readonly captured: Readonly<Record<string, QueryTiming>>;
    readonly now: Readonly<Record<string, QueryTiming>>;
  };
  /** Earlier evaluations of this stage. */
  readonly evaluations: number;
  readonly alerts_open: readonly {
    readonly symbol: string;
    readonly horizon: string;
    readonly level: string;
    readonly opened_at: string;
  }[];
}
