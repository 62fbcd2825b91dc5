import type { ReportTable } from '../harness/bench-result.ts';
import type { TableSize } from './simulation.ts';
import type { MonthOfCalls } from './timings.ts';

/** Tables below so many bytes at the end are left out. */
const SMALL = 200_000;
const FAULTS_SHOWN = 20;

/** By month: what each call took, how large each table is; and what went wrong. */
export function yearTables(
  months: readonly MonthOfCalls[],
  sizes: readonly TableSize[],
  faults: readonly string[],
): ReportTable[] {
  const numbers = [...new Set(months.map(({ month }) => month))].sort((a, b) => a - b);
  const header = numbers.map((month) => `month ${month + 1}`);
  const names = [...new Set(months.map(({ kind, name }) => `${kind} ${name}`))].sort();
  const tables = [...new Set(sizes.map(({ table }) => table))].sort();
  const sized = tables.map((table) =>
    numbers.map((month) => sizes.find((size) => size.table === table && size.month === month)),
  );
  return [
    {
      title: 'p95 and largest time by month, ms',
      header: ['call', ...header],
      rows: names.map((call) => [
        call,
        ...numbers.map((month) => {
          const found = months.find(({ kind, name, month: m }) => m === month && `${kind} ${name}` === call);
          return found === undefined ? '' : `${time(found.p95)} / ${time(found.largest)}`;
        }),
      ]),
    },
    {
      title: 'Rows and megabytes by month',
      header: ['table', ...header],
      rows: sized.flatMap((row, i) =>
        (row.at(-1)?.bytes ?? 0) < SMALL
          ? []
          : [
              [
                tables[i],
                ...row.map((size) =>
                  size === undefined ? '' : `${size.rows} / ${(size.bytes / 1e6).toFixed(1)}`,
                ),
              ],
            ],
      ),
    },
    {
      title: `Faults: ${faults.length}`,
      header: ['what'],
      rows: faults.slice(0, FAULTS_SHOWN).map((what) => [what]),
    },
  ];
}

function time(ms: number): string {
  return ms < 10 ? ms.toFixed(1) : ms.toFixed(0);
}
