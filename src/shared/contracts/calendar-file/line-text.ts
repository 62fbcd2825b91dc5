/** Is this line of a calendar file one that begins with `#`? */
export function isComment(line: string): boolean {
  return line.trimStart().startsWith('#');
}
