import type { BenchReport, BenchResult } from './bench-result.ts';

/** Columns beside a table's first one; of more only the first, the middle and the last are shown. */
const MOST_COLUMNS = 4;

/** A report as tables of Markdown, to be pasted into a document. */
export function benchMarkdown(report: BenchReport): string {
  const machine = Object.entries(report.machine).map(([name, value]) => `${name} ${value}`);
  return [
    `\`npm run bench -- ${report.bench}\`: ${machine.join(', ')}.`,
    table(['case', 'measured', 'target', ''], report.results.map(resultCells)),
    ...(report.tables ?? []).map(({ title, header, rows }) => {
      const kept = keptColumns(header.length);
      const pick = (row: readonly string[]) => kept.map((column) => row[column] ?? '');
      return `**${title}**\n\n${table(pick(header), rows.map(pick))}`;
    }),
  ].join('\n\n');
}

function resultCells({ case: name, ours, unit, target, met, direction }: BenchResult): string[] {
  const figure = ours < 10 && unit !== 'ticks' ? ours.toFixed(1) : ours.toFixed(0);
  return [
    name,
    `${figure} ${unit}`,
    target === null ? '' : `${direction ?? 'at most'} ${target}`,
    met === null ? '' : met ? 'met' : '**missed**',
  ];
}

function keptColumns(count: number): number[] {
  const columns = Array.from({ length: count }, (_, i) => i);
  return count <= MOST_COLUMNS + 1 ? columns : [0, 1, Math.ceil(count / 2), count - 1];
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}
