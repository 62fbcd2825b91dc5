/** Such as `There are 4 more faults`, for the end of a message that names some; nothing where there are no more. */
export function more(count: number, noun: string): string[] {
  if (count <= 0) return [];
  return [count === 1 ? `There is 1 more ${noun}` : `There are ${count} more ${noun}s`];
}
