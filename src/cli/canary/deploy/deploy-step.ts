/** Something that is not there, and what an operator does about it. */
export interface Missing {
  readonly what: string;
  readonly remedy: string;
}

/** How a step stands, as reading alone can tell. */
export interface StepState {
  /** What deploying cannot bring about: it stops before the step. */
  readonly missing: readonly Missing[];
  /** What the step's run will bring about; empty, and nothing missing: the step is done. */
  readonly pending: readonly string[];
  /** Worth knowing, in the way of nothing. */
  readonly notes: readonly string[];
}

export const STEP_NAMES = [
  'preflight',
  'health',
  'database',
  'functions',
  'configuration',
  'first_forecasts',
  'verification',
  'monitoring',
] as const;
export type StepName = (typeof STEP_NAMES)[number];

/** A step of deploying. Checking changes nothing; running is idempotent, and may be broken off anywhere. */
export interface DeployStep {
  readonly name: StepName;
  /** What it does, in a sentence. */
  readonly does: string;
  /** Whether it is about a rollout that runs: before there is one, it is not looked at. */
  readonly needsRollout: boolean;
  /** The statements by which it checks and acts, in order. */
  readonly sql: readonly string[];
  check(): Promise<StepState>;
  run(): Promise<void>;
}

export function isDone({ missing, pending }: StepState): boolean {
  return missing.length === 0 && pending.length === 0;
}

/** Several states as one. */
export function joinStates(states: readonly StepState[]): StepState {
  return {
    missing: states.flatMap(({ missing }) => missing),
    pending: states.flatMap(({ pending }) => pending),
    notes: states.flatMap(({ notes }) => notes),
  };
}

/** A state from its parts; what is left out is empty. */
export function stepState(parts: Partial<StepState> = {}): StepState {
  return { missing: [], pending: [], notes: [], ...parts };
}
