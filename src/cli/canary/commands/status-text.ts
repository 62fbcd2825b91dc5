import type { BoardRow, RolloutStatus } from '../../../shared/contracts/rollout-status.ts';
import { utcMinute } from '../../../shared/series/utc-minute.ts';
import { textTable } from '../../text-table.ts';
import { evaluationText } from './evaluation-text.ts';
import { wrappedTable } from './wrapped-table.ts';

/** How the rollout stands, for people. */
export function statusText(status: RolloutStatus): string {
  const { rollout, latest_evaluation: evaluation, events, board, board_rows: rows } = status;
  const parts = [
    rollout === null ? 'No rollout yet: npm run canary -- deploy begins one.' : rolloutLines(rollout),
    ...switchLines(status),
    ...(board.length === 0 ? [] : [boardTable(board)]),
    ...(rows > board.length
      ? [`${board.length} of ${rows} rows, those that need attention first: vw_canary_board has all.`]
      : []),
    ...(evaluation === null
      ? []
      : [
          `Evaluated ${utcMinute(evaluation.evaluated_at)}, stage ${evaluation.stage}. ${evaluationText(evaluation)}`,
        ]),
    ...readinessLines(status),
    ...(events.length === 0 ? [] : [eventTable(events)]),
  ];
  return parts.join('\n\n');
}

/** What is not as it usually is. */
function switchLines({ publishing, automatic_rollback: automatic }: RolloutStatus): string[] {
  return [
    ...(publishing ? [] : ['The kill switch is on: nothing is published or planned.']),
    ...(automatic ? [] : ['automatic_rollback is false: a trigger is recorded, and rolls nothing back.']),
  ];
}

function readinessLines({ decision, not_ready: obstacles }: RolloutStatus): string[] {
  if (decision === null || obstacles === null) return [];
  return [
    obstacles.length === 0
      ? `Decision: ${decision}. A promotion lacks nothing: npm run canary -- promote`
      : `Decision: ${decision}. A promotion lacks:\n${obstacles.map((obstacle) => `  - ${obstacle}`).join('\n')}`,
  ];
}

function rolloutLines(rollout: NonNullable<RolloutStatus['rollout']>): string {
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

function eventTable(events: RolloutStatus['events']): string {
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
