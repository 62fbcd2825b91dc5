/** A count with its noun in the number it asks for, such as `1 symbol` and `2 symbols`. */
export function counted(count: number, noun: string, nouns = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : nouns}`;
}
