import type { BenchReport, BenchResult } from './bench-result.ts';

/** A report for people. */
export function benchTable(report: BenchReport): string {
  const rows = [
    ['case', 'ours', 'peer', 'its', 'ratio', '(rounds)', 'target', ''],
    ...report.results.map((result) => [
      result.case,
      milliseconds(result.ours),
      result.peer ?? '',
      result.peer_value === null ? '' : milliseconds(result.peer_value),
      result.ratio === null ? '' : `${result.ratio.toFixed(1)} x`,
      result.ratio_range === undefined ? '' : `${result.ratio_range.map((x) => x.toFixed(1)).join(' to ')}`,
      targetOf(result),
      result.met === null ? '' : result.met ? 'met' : 'MISSED',
    ]),
  ];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd(),
  );
  const machine = Object.entries(report.machine).map(([name, value]) => `${name}: ${value}`);
  const peers = report.peers.map(({ peer, version, skipped }) =>
    skipped === null ? `peer: ${peer} ${version}` : `skipped: ${peer} (${skipped})`,
  );
  const notes = new Set(
    report.results.filter(({ note }) => note !== undefined).map((result) => `${result.case}: ${result.note}`),
  );
  return [`bench ${report.bench}`, '', ...machine, ...peers, '', ...lines, '', ...notes].join('\n').trimEnd();
}

function targetOf({ target, peer }: BenchResult): string {
  if (target === null) return '';
  return peer === null ? `at most ${target} ms` : `at least ${target} x`;
}

function milliseconds(value: number): string {
  return `${value < 100 ? value.toFixed(2) : value.toFixed(0)} ms`;
}
