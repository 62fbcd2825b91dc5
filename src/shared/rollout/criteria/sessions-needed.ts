import type { Verdict } from '../../contracts/rollout-evaluation.ts';
import type { HorizonPairs } from '../comparison/forecast-origins.ts';

/**
 * Further sessions, from further forecast origins.
 *
 * @param more origins; null when unknown
 * @param least sessions that are needed anyway
 */
export function sessionsOf(
  more: number | null,
  { origins, sessions }: HorizonPairs,
  least: number,
): number | null {
  if (more === null) return null;
  return Math.max(least, Math.ceil((more * sessions) / origins.length));
}

/** Of the horizons that are insufficient, the one that needs most; null when none is, or one of them cannot tell. */
export function mostNeeded(
  rows: readonly { readonly verdict: Verdict; readonly needed: number | null }[],
): number | null {
  const waiting = rows.filter(({ verdict }) => verdict === 'insufficient').map(({ needed }) => needed);
  if (waiting.length === 0 || rows.some(({ verdict }) => verdict === 'fail')) return null;
  return waiting.reduce<number | null>(
    (most, needed) => (most === null || needed === null ? null : Math.max(most, needed)),
    0,
  );
}
