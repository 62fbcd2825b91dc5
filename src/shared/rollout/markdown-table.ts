/** A table in Markdown; what a cell holds cannot break it. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map(inCell).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)];
}

/** Text on one line. */
export function inLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

function inCell(text: string): string {
  return inLine(text).replaceAll('|', '\\|');
}
