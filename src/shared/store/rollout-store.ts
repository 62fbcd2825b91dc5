import type { RolloutStage } from '../contracts/names.ts';
import { parse } from '../contracts/parse.ts';
import type { RolloutEvidence } from '../contracts/rollout-evidence.ts';
import { rolloutEvidenceSchema } from '../contracts/rollout-evidence.ts';
import type { Json } from '../json.ts';
import type { RolloutEvaluation } from '../rollout/rollout-evaluation.ts';
import type { PlumblineClient } from './client.ts';
import type { Json as DatabaseJson } from './database.types.ts';
import { unwrap } from './unwrap.ts';

/** A rollout's start: the two ensembles, where the candidate begins, and what preflight found. */
export interface RolloutStart {
  readonly actor: string;
  readonly candidate: { readonly configuration: Json; readonly hash: string };
  readonly baseline: { readonly configuration: Json; readonly hash: string };
  readonly symbols: readonly string[];
  readonly codeVersion: string;
  /** Null: not known. */
  readonly commit: string | null;
  /** Null: not run. */
  readonly tests: { readonly passed: number; readonly failed: number } | null;
  /** Durations of the monitoring queries before anything was changed. */
  readonly health: Json;
}

/** What `store_evaluation` answers. */
export interface StoredEvaluation {
  readonly evaluation_id: number;
  readonly verdict: 'pass' | 'fail' | 'insufficient';
  readonly rolled_back: boolean;
}

/** The rollout by the database's functions, each one transaction. Every call throws StoreError with the code that the function raised. */
export class RolloutStore {
  readonly #client: PlumblineClient;

  constructor(client: PlumblineClient) {
    this.#client = client;
  }

  /** How the latest rollout stands: `{rollout, symbols, latest_evaluation, events, board}`. */
  async status(): Promise<Json> {
    return unwrap(await this.#client.rpc('rollout_status')) as Json;
  }

  /** What the present stage is judged by. @throws StoreError `no_rollout`; InvalidInputError when the database gives something else */
  async evidence(): Promise<RolloutEvidence> {
    return parse(rolloutEvidenceSchema, unwrap(await this.#client.rpc('rollout_evidence')), 'the evidence');
  }

  async storeEvaluation(evidence: RolloutEvidence, evaluation: RolloutEvaluation): Promise<StoredEvaluation> {
    return unwrap(
      await this.#client.rpc('store_evaluation', {
        p_rollout_id: evidence.rollout.id,
        p_stage: evidence.rollout.stage,
        p_evaluation: evaluation as unknown as DatabaseJson,
      }),
    ) as unknown as StoredEvaluation;
  }

  async start(start: RolloutStart): Promise<Json> {
    return unwrap(
      await this.#client.rpc('start_rollout', {
        p_actor: start.actor,
        p_candidate: start.candidate.configuration as DatabaseJson,
        p_candidate_hash: start.candidate.hash,
        p_baseline: start.baseline.configuration as DatabaseJson,
        p_baseline_hash: start.baseline.hash,
        p_symbols: [...start.symbols],
        p_code_version: start.codeVersion,
        ...(start.commit === null ? {} : { p_commit_hash: start.commit }),
        ...(start.tests === null ? {} : { p_tests: start.tests as unknown as DatabaseJson }),
        p_health: start.health as DatabaseJson,
      }),
    ) as Json;
  }

  async promote(
    actor: string,
    options: { reason?: string; force?: boolean; stage?: RolloutStage },
  ): Promise<Json> {
    const { reason, force, stage } = options;
    return unwrap(
      await this.#client.rpc('promote_rollout', {
        p_actor: actor,
        ...(reason === undefined ? {} : { p_reason: reason }),
        ...(force === undefined ? {} : { p_force: force }),
        ...(stage === undefined ? {} : { p_stage: stage }),
      }),
    ) as Json;
  }

  async rollBack(actor: string, reason: string): Promise<Json> {
    return unwrap(await this.#client.rpc('rollback_rollout', { p_actor: actor, p_reason: reason })) as Json;
  }

  async extend(actor: string, days: number, reason: string): Promise<Json> {
    return unwrap(
      await this.#client.rpc('extend_rollout', { p_actor: actor, p_days: days, p_reason: reason }),
    ) as Json;
  }

  async approve(actor: string, role: string, note: string | undefined): Promise<Json> {
    return unwrap(
      await this.#client.rpc('approve_rollout', {
        p_actor: actor,
        p_role: role,
        ...(note === undefined ? {} : { p_note: note }),
      }),
    ) as Json;
  }

  async note(actor: string, text: string): Promise<Json> {
    return unwrap(await this.#client.rpc('note_rollout', { p_actor: actor, p_text: text })) as Json;
  }

  async setPublishing(actor: string, publishing: boolean, reason: string): Promise<Json> {
    return unwrap(
      await this.#client.rpc('set_publishing', {
        p_actor: actor,
        p_publishing: publishing,
        p_reason: reason,
      }),
    ) as Json;
  }

  /** Times each monitoring query: `{query: {p95_ms, n}}`. */
  async measureQueries(rounds: number): Promise<Json> {
    return unwrap(await this.#client.rpc('measure_queries', { p_rounds: rounds })) as Json;
  }
}
