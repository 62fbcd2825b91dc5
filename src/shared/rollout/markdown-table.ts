import { oneLine } from '../wording/one-line.ts';

/** A table in Markdown; what a cell holds cannot break it. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map(inLine).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)];
}

/** Text on one line as it stands: what looks like a mark, a link or a tag is none. */
export function inLine(text: string): string {
  return oneLine(text, Number.POSITIVE_INFINITY)
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replaceAll(/[\\|`*<[]/g, '\\$&');
}
