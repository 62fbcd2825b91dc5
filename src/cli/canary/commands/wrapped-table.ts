import { textTable } from '../../text-table.ts';

/** Characters of the last column's lines. */
const WIDTH = 90;

/** A table whose last column is prose: it goes on in rows that are empty otherwise. */
export function wrappedTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return textTable(
    header,
    rows.flatMap((row) => {
      const cells = row.slice(0, -1);
      return wrapped(row[row.length - 1]).map((line, i) => [
        ...(i === 0 ? cells : cells.map(() => '')),
        line,
      ]);
    }),
  );
}

function wrapped(text: string): string[] {
  const lines = [''];
  for (const word of text.split(/\s+/)) {
    const last = lines[lines.length - 1];
    if (last === '') lines[lines.length - 1] = word;
    else if (last.length + 1 + word.length <= WIDTH) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
