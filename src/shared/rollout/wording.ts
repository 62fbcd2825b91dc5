/** The first names, and how many more there are. @param count of all, where `names` are some of them */
export function listed(names: readonly string[], count = names.length, most = 5): string {
  const shown = names.slice(0, most);
  const more = count - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}

/** A fraction in percent, without needless decimals: `5 %`, `12.5 %`. */
export function percent(fraction: number, digits = 1): string {
  return `${Number((100 * fraction).toFixed(digits))} %`;
}

/** A number that JSON can hold: null for NaN and infinite ones, and no more digits than mean anything. */
export function figure(value: number | null | undefined): number | null {
  return value === null || value === undefined || !Number.isFinite(value)
    ? null
    : Number(value.toPrecision(6));
}

/** Parts as one sentence: with semicolons between, a capital at the beginning and a full stop at the end. */
export function sentenceOf(parts: readonly string[]): string {
  const text = parts.join('; ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
