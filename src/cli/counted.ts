/** A count with its noun in the number it asks for, such as `1 symbol` and `2 symbols`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
