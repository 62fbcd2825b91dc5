/** What was found of a validated window; `implausible`, skill that nobody has, explains everything else and goes before `overfitting`. */
export const WINDOW_VERDICTS = ['ok', 'overfitting', 'implausible'] as const;
export type WindowVerdict = (typeof WINDOW_VERDICTS)[number];

export function windowVerdict(isOverfitting: boolean, isImplausible: boolean): WindowVerdict {
  if (isImplausible) return 'implausible';
  return isOverfitting ? 'overfitting' : 'ok';
}
