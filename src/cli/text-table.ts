import { textsOnOneLine } from '../shared/wording/printable.ts';

/** A table for a terminal: a header, a line under it, and a line a row, whatever the cells hold. */
export function textTable(header: readonly string[], cells: readonly (readonly string[])[]): string {
  const rows = textsOnOneLine(cells);
  const widths = header.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => row[column].length)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd();
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
