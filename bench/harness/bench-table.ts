import type { BenchReport, BenchResult, Unit } from './bench-result.ts';

/** A report for people. */
export function benchTable(report: BenchReport): string {
  const rows = [
    ['case', 'ours', 'peer', 'its', 'ratio', '(rounds)', 'target', ''],
    ...report.results.map((result) => [
      result.case,
      figure(result.ours, result.unit),
      result.peer ?? '',
      result.peer_value === null ? '' : figure(result.peer_value, result.unit),
      result.ratio === null ? '' : `${result.ratio.toFixed(1)} x`,
      result.ratio_range === undefined ? '' : `${result.ratio_range.map((x) => x.toFixed(1)).join(' to ')}`,
      targetOf(result),
      result.met === null ? '' : result.met ? 'met' : 'MISSED',
    ]),
  ];
  const lines = columns(rows);
  const tables = (report.tables ?? []).flatMap(({ title, header, rows }) => [
    title,
    '',
    ...columns([header, ...rows]),
    '',
  ]);
  const machine = Object.entries(report.machine).map(([name, value]) => `${name}: ${value}`);
  const peers = report.peers.map(({ peer, version, skipped }) =>
    skipped === null ? `peer: ${peer} ${version}` : `skipped: ${peer} (${skipped})`,
  );
  const notes = new Set(report.results.flatMap(notesOf));
  return [`bench ${report.bench}`, '', ...machine, ...peers, '', ...tables, ...lines, '', ...notes]
    .join('\n')
    .trimEnd();
}

/** Cells as lines, each column as wide as its widest cell. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd(),
  );
}

/** A case with several peers has its notes once. */
function notesOf({ case: name, note, throughput }: BenchResult): string[] {
  const notes = note === undefined ? [] : [`${name}: ${note}`];
  if (throughput !== undefined) {
    const { gflops, peak_gflops, share } = throughput;
    notes.push(
      `${name}: ${gflops.toFixed(1)} of ${peak_gflops.toFixed(1)} GFLOP/s, ${(100 * share).toFixed(0)} %`,
    );
  }
  return notes;
}

function targetOf({ target, direction, stretch, peer, unit }: BenchResult): string {
  if (target === null) return '';
  if (direction !== undefined) return `${direction} ${target} ${unit}`;
  if (peer !== null) return `at least ${target} x`;
  return `at most ${target} ${unit}${stretch === undefined ? '' : `, better ${stretch}`}`;
}

function figure(value: number, unit: Unit): string {
  return `${value < 100 && unit !== 'days' && unit !== 'ticks' ? value.toFixed(2) : value.toFixed(0)} ${unit}`;
}
