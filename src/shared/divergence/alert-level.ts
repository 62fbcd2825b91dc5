/** How grave a divergence is. */
export type AlertLevel = 'normal' | 'warning' | 'overfitting' | 'critical';

/** Divergence above which a level begins, as fractions; at the threshold itself the level below still holds. */
export type DivergenceLevels = Readonly<Record<Exclude<AlertLevel, 'normal'>, number>>;

/** The levels where no setting says otherwise; the database's setting `divergence_levels` begins with the same. */
export const DIVERGENCE_THRESHOLDS: DivergenceLevels = { warning: 0.15, overfitting: 0.2, critical: 0.3 };

/** The level of a divergence. @throws RangeError when it is NaN */
export function alertLevel(divergence: number, levels: DivergenceLevels = DIVERGENCE_THRESHOLDS): AlertLevel {
  if (Number.isNaN(divergence)) throw new RangeError('A divergence must be a number, not NaN');
  if (divergence > levels.critical) return 'critical';
  if (divergence > levels.overfitting) return 'overfitting';
  if (divergence > levels.warning) return 'warning';
  return 'normal';
}
