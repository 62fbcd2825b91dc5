/** The first of some values, by comma, and how many more there are: `a, b, c and 4 more`. */
export function firstOf(values: readonly string[], count: number): string {
  const more = values.length - count;
  return `${values.slice(0, count).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
