import type { JudgedRollout } from '../contracts/rollout-evidence.ts';

const DAY = 86_400_000;

/**
 * Which day of its stage a rollout is in, from 1, and how many the stage lasts at least. 0 where a time is none.
 *
 * Twin: the SQL function `internal.compose_report`, compared in test/database/rollout-reports.test.ts.
 */
export function stageDays(
  { stage_started_at, stage_due_at }: JudgedRollout,
  now: string,
): { readonly day: number; readonly days: number } {
  const started = Date.parse(stage_started_at);
  const whole = (value: number) => (Number.isFinite(value) ? Math.max(0, value) : 0);
  return {
    day: whole(Math.floor((Date.parse(now) - started) / DAY) + 1),
    days: whole(Math.ceil((Date.parse(stage_due_at) - started) / DAY)),
  };
}
