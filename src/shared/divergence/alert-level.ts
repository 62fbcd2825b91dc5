/** How grave a divergence is. */
export type AlertLevel = 'normal' | 'warning' | 'overfitting' | 'critical';

/** Divergence above which a level begins, as fractions; at the threshold itself the level below still holds. */
export const DIVERGENCE_THRESHOLDS = { warning: 0.15, overfitting: 0.2, critical: 0.3 } as const;

/** The level of a divergence. @throws RangeError when it is NaN */
export function alertLevel(divergence: number): AlertLevel {
  if (Number.isNaN(divergence)) throw new RangeError('A divergence must be a number, not NaN.');
  if (divergence > DIVERGENCE_THRESHOLDS.critical) return 'critical';
  if (divergence > DIVERGENCE_THRESHOLDS.overfitting) return 'overfitting';
  if (divergence > DIVERGENCE_THRESHOLDS.warning) return 'warning';
  return 'normal';
}
