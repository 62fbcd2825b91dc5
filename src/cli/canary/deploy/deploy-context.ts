import type { Json } from '../../../shared/json.ts';
import type { Target } from '../target/target.ts';
import type { StepState } from './deploy-step.ts';
import type { KeptResults, TestResult } from './kept-results.ts';
import type { SourceState } from './source-state.ts';
import type { VaultSecrets } from './vault-secrets.ts';

/** An ensemble as it is deployed. */
export interface DeployedEnsemble {
  readonly configuration: Json;
  readonly hash: string;
  /** For people: `LSTM 0.5, ARIMA_GARCH 0.5`. */
  readonly members: string;
}

/** What is deployed, by whom, from where. */
export interface DeployPlan {
  readonly actor: string;
  readonly candidate: DeployedEnsemble;
  readonly baseline: DeployedEnsemble;
  readonly symbols: readonly string[];
  readonly codeVersion: string;
  readonly source: SourceState;
  readonly skipTests: boolean;
  readonly allowOldBars: boolean;
  /** Variables of the environment that the functions read. */
  readonly variables: Readonly<Record<string, string>>;
  /** What a hosted project's Vault is to hold; empty for the embedded stack, which writes its own. */
  readonly secrets: VaultSecrets;
}

/** What the steps work with. */
export interface DeployContext {
  readonly plan: DeployPlan;
  readonly target: Target;
  readonly kept: KeptResults;
  /** Gets lines for people. */
  readonly tell: (line: string) => void;
  runTests(): Promise<TestResult>;
  /** See {@link checkFunctions}. */
  checkFunctions(): Promise<StepState>;
  /** The time, ISO 8601 in UTC. */
  now(): string;
  /** Milliseconds without progress after which first forecasts are given up. */
  readonly patience: number;
}

/** The two ensembles by their hashes, as what is kept is named. */
export function hashesOf({ candidate, baseline }: DeployPlan): string {
  return `${candidate.hash} ${baseline.hash}`;
}
