import { textTable } from '../../text-table.ts';
import { evaluationText, type ShownEvaluation } from './evaluation-text.ts';
import { utcMinute } from './utc-minute.ts';
import { wrappedTable } from './wrapped-table.ts';

/** What `rollout_status` answers, as far as it is shown. */
interface Status {
  readonly rollout: {
    readonly id: number;
    readonly status: string;
    readonly stage: string;
    readonly candidate_hash: string;
    readonly baseline_hash: string;
    readonly started_at: string;
    readonly stage_started_at: string;
    readonly stage_due_at: string;
    readonly ended_at: string | null;
    readonly ended_because: string | null;
  } | null;
  readonly publishing: boolean;
  readonly automatic_rollback: boolean;
  /** What a promotion lacks; null unless the rollout runs. */
  readonly not_ready: readonly string[] | null;
  readonly latest_evaluation:
    | (ShownEvaluation & { readonly evaluated_at: string; readonly stage: string })
    | null;
  readonly events: readonly {
    readonly happened_at: string;
    readonly kind: string;
    readonly actor: string;
    readonly reason: string;
  }[];
  readonly board: readonly BoardRow[];
}

interface BoardRow {
  readonly symbol: string;
  readonly horizon: string;
  readonly ensemble: string;
  readonly last_cutoff: string | null;
  readonly state: string | null;
  readonly pairs: number;
  readonly rmse_ratio: number | null;
  readonly crps_ratio: number | null;
  readonly coverage_90: number | null;
  readonly scored: number;
  readonly divergence: number | null;
  readonly verdict: string | null;
  readonly alerts_open: number;
}

/** How the rollout stands, for people. */
export function statusText(document: unknown): string {
  const status = document as Status;
  const { rollout, latest_evaluation: evaluation, events, board } = status;
  const parts = [
    rollout === null ? 'No rollout yet: npm run canary -- deploy begins one.' : rolloutLines(rollout),
    ...switchLines(status),
    ...(board.length === 0 ? [] : [boardTable(board)]),
    ...(evaluation === null
      ? []
      : [
          `Evaluated ${utcMinute(evaluation.evaluated_at)}, stage ${evaluation.stage}. ${evaluationText(evaluation)}`,
        ]),
    ...readinessLines(status.not_ready),
    ...(events.length === 0 ? [] : [eventTable(events)]),
  ];
  return parts.join('\n\n');
}

/** What is not as it usually is. */
function switchLines({ publishing, automatic_rollback: automatic }: Status): string[] {
  return [
    ...(publishing ? [] : ['The kill switch is on: nothing is published or planned.']),
    ...(automatic ? [] : ['automatic_rollback is false: a trigger is recorded, and rolls nothing back.']),
  ];
}

function readinessLines(obstacles: readonly string[] | null): string[] {
  if (obstacles === null) return [];
  if (obstacles.length === 0) return ['It can be promoted: npm run canary -- promote'];
  return [`It cannot be promoted yet:\n${obstacles.map((obstacle) => `  - ${obstacle}`).join('\n')}`];
}

function rolloutLines(rollout: NonNullable<Status['rollout']>): string {
  const head = `Rollout ${rollout.id}, candidate ${rollout.candidate_hash} beside baseline ${rollout.baseline_hash}, begun ${utcMinute(rollout.started_at)}`;
  return rollout.status === 'running'
    ? `${head}.\nStage ${rollout.stage} since ${utcMinute(rollout.stage_started_at)}, until ${utcMinute(rollout.stage_due_at)} at least.`
    : `${head}.\n${rollout.status === 'completed' ? 'Completed' : 'Rolled back'} ${utcMinute(rollout.ended_at)}, stage ${rollout.stage}: ${rollout.ended_because}`;
}

function boardTable(board: readonly BoardRow[]): string {
  const ratio = (value: number | null) => (value === null ? '' : value.toFixed(4));
  const percent = (value: number | null) => (value === null ? '' : `${(100 * value).toFixed(1)} %`);
  return textTable(
    [
      'symbol',
      'horizon',
      'serves',
      'last bar',
      'at deadline',
      'pairs',
      'RMSE ratio',
      'CRPS ratio',
      '90 % covers',
      'divergence',
      'verdict',
      'alerts',
    ],
    board.map((row) => [
      row.symbol,
      row.horizon,
      row.ensemble,
      row.last_cutoff?.slice(0, 10) ?? 'none',
      row.state ?? '',
      String(row.pairs),
      ratio(row.rmse_ratio),
      ratio(row.crps_ratio),
      row.coverage_90 === null ? '' : `${percent(row.coverage_90)} of ${row.scored}`,
      percent(row.divergence),
      row.verdict ?? '',
      String(row.alerts_open),
    ]),
  );
}

function eventTable(events: Status['events']): string {
  return wrappedTable(
    ['when', 'what', 'who', 'why'],
    events.map((event) => [
      utcMinute(event.happened_at),
      event.kind.replaceAll('_', ' '),
      event.actor,
      event.reason,
    ]),
  );
}
