import { type CanaryReport, canaryReportSchema } from '../contracts/canary-report.ts';
import { parse } from '../contracts/parse.ts';
import {
  type RolloutEvaluation,
  type StoredEvaluation,
  storedEvaluationSchema,
} from '../contracts/rollout-evaluation.ts';
import type { RolloutEvidence } from '../contracts/rollout-evidence.ts';
import { rolloutEvidenceSchema } from '../contracts/rollout-evidence.ts';
import type { DatabaseRequest } from '../contracts/rollout-request.ts';
import { type AnswerOf, type AnyVerb, ROLLOUT_VERBS, type RolloutVerb } from '../contracts/rollout-verbs.ts';
import type { Json } from '../json.ts';
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

type VerbFunction = NonNullable<(typeof ROLLOUT_VERBS)[RolloutVerb]['rpc']>;

/** The rollout by the database's functions, each one transaction. Every call throws StoreError with the code that the function raised. */
export class RolloutStore {
  readonly #client: PlumblineClient;

  constructor(client: PlumblineClient) {
    this.#client = client;
  }

  /** Calls the SQL function of the request's verb with its fields as the parameters. */
  async act(request: DatabaseRequest): Promise<AnswerOf<RolloutVerb>> {
    const { action, ...given } = request;
    const { rpc, answer, defaults }: AnyVerb = ROLLOUT_VERBS[action];
    const fields = Object.entries({ ...defaults?.(given), ...defined(given) });
    const parameters = Object.fromEntries(fields.map(([name, value]) => [`p_${name}`, value]));
    const document = unwrap(await this.#client.rpc(rpc as VerbFunction, parameters as never));
    parse(answer, document, `The answer to ${action}`);
    // Whole: it may hold more than is relied on.
    return document as unknown as AnswerOf<RolloutVerb>;
  }

  /** What the present stage is judged by. @throws StoreError `no_rollout`; InvalidInputError when the database gives something else */
  async evidence(): Promise<RolloutEvidence> {
    return parse(rolloutEvidenceSchema, unwrap(await this.#client.rpc('rollout_evidence')), 'The evidence');
  }

  async storeEvaluation(evidence: RolloutEvidence, evaluation: RolloutEvaluation): Promise<StoredEvaluation> {
    const stored = await this.#client.rpc('store_evaluation', {
      p_rollout_id: evidence.rollout.id,
      p_stage: evidence.rollout.stage,
      p_evaluation: evaluation as unknown as DatabaseJson,
    });
    return parse(storedEvaluationSchema, unwrap(stored), 'The stored evaluation');
  }

  /**
   * A report and what it stands on.
   *
   * @param id of a stored one; null: as it would be written now
   * @throws StoreError `no_report`
   */
  async report(id: number | null): Promise<CanaryReport> {
    const document = unwrap(await this.#client.rpc('canary_report', id === null ? {} : { p_report_id: id }));
    return parse(canaryReportSchema, document, 'the report');
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

  /** Times each monitoring query: `{query: {p95_ms, n}}`. */
  async measureQueries(rounds: number): Promise<Json> {
    return unwrap(await this.#client.rpc('measure_queries', { p_rounds: rounds })) as Json;
  }
}

/** The fields that are there: a parameter that is not given has the function's own default. */
function defined(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
