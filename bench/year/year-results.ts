import { againstBound, type BenchResult } from '../harness/bench-result.ts';
import type { MonthOfCalls } from './timings.ts';

/** Milliseconds that a call may take: the largest of a scheduled function and of an rpc, the p95 of a view or a snippet. */
const MOST = { scheduled: 2_000, pieces: 2_000, rpc: 1_000, view: 50, snippet: 50 };
/** Above so many symbols the pieces together that a scheduled function was cut into may take longer. */
export const MANY_SYMBOLS = 1_000;
const MOST_OF_MANY = 10_000;
const REPORT = 500;
/** Reports over all that was ever measured, and the largest answer that the API gives. */
const REPORTS = [
  ...[
    'vw_forecast_quality',
    'vw_model_performance',
    'vw_rmse_against_baseline',
    'vw_divergence_trends',
    'vw_daily_divergence',
  ],
  ...['vw_valid_windows', 'current_forecasts, 1,000 with all columns'],
  ...['forecast-quality', 'model-performance', 'rmse-against-baseline', 'daily-divergence-summary'],
];

/** What the last month held against the targets. */
export function yearResults(
  months: readonly MonthOfCalls[],
  faults: readonly string[],
  symbols: number,
): BenchResult[] {
  const last = Math.max(...months.map(({ month }) => month));
  const calls = months
    .filter(({ month }) => month === last)
    .sort((a, b) => a.kind.localeCompare(b.kind) || a.name.localeCompare(b.name))
    .map(({ kind, name, p95, largest, count }) => {
      const isWatched = kind !== 'view' && kind !== 'snippet';
      return againstBound(
        {
          case: `${kind === 'pieces' ? 'pieces together of scheduled' : kind} ${name}, ${isWatched ? 'largest' : 'p95'}`,
          unit: 'ms',
          target: mostOf(kind, name, symbols),
          note: `${count} calls in the last month; p95 ${p95.toFixed(1)} ms, largest ${largest.toFixed(1)} ms`,
        },
        [isWatched ? largest : p95],
      );
    });
  const wrong = againstBound(
    { case: 'ticks and slots missed or failed, deadlocks', unit: 'ticks', target: 0 },
    [faults.length],
  );
  return [...calls, { ...wrong, enforced: true }];
}

function mostOf(kind: MonthOfCalls['kind'], name: string, symbols: number): number {
  if (kind === 'pieces' && symbols > MANY_SYMBOLS) return MOST_OF_MANY;
  return REPORTS.includes(name) ? REPORT : MOST[kind];
}
