import { againstBound, type BenchResult, type ReportTable } from '../harness/bench-result.ts';
import type { TwentyJobs } from '../queue/twenty-jobs.ts';
import type { Evening } from './evening.ts';
import type { UploadCost } from './one-series.ts';
import { timeToDrain } from './time-to-drain.ts';

/** All that was measured. Times in seconds. */
export interface MeasuredRestatement {
  readonly symbols: number;
  readonly uploads: readonly UploadCost[];
  /** One without a restatement, and one on which every series was restated. */
  readonly evenings: readonly [Evening, Evening];
  /** Twenty of each on a whole stack, two workers at a time. */
  readonly forecasts: TwentyJobs;
  readonly windows: TwentyJobs;
  /** Checking a provider's answer for one series. */
  readonly checks: number;
}

/** `statement_timeout` of the Data API's roles. */
const STATEMENT = 8;
/** From half an hour after the close, when series are fetched: to the deadline of the forecasts, and to the next session's open. */
const TO_THE_DEADLINE = (105 - 30) * 60;
const TO_THE_OPEN = 17 * 3_600;
/** The settings `max_workers` and `max_workers_cap`. */
const [USUAL, CAP] = [2, 8];
/** Of {@link TwentyJobs}. */
const [JOBS, WORKERS] = [20, 2];

export function restatementResults(measured: MeasuredRestatement): BenchResult[] {
  const { uploads, evenings, symbols } = measured;
  const evening = evenings[1];
  const times = derivedTimes(measured);
  return [
    ...uploads.map(({ what, bars, changed, seconds, forecasts, windows }) =>
      againstBound(
        {
          case: `ingest_bars, ${what}`,
          unit: 's',
          target: STATEMENT,
          note: `measured: ${bars} bars, ${changed} changed; planned from it: ${forecasts} forecasts, ${windows} windows`,
        },
        [seconds],
      ),
    ),
    againstBound(
      {
        case: `${symbols} series restated, all stored`,
        unit: 's',
        target: TO_THE_DEADLINE,
        note:
          `derived: ${evening.restated} of them one after the other, SQL measured in all ${evening.storing.toFixed(1)} s (largest ` +
          `${evening.largestStoring.toFixed(2)} s), and ${measured.checks.toFixed(3)} s measured for the check of each; without the provider's own time`,
      },
      [times.stored],
    ),
    againstBound(
      {
        case: `${symbols} series restated, forecasts published`,
        unit: 's',
        target: TO_THE_DEADLINE,
        note: `derived: ${evening.forecasts} forecasts at ${times.forecast.toFixed(2)} s of a worker each, ${USUAL} workers and one more for each five minutes up to ${CAP}`,
      },
      [times.published],
    ),
    againstBound(
      {
        case: `${symbols} series restated, windows validated anew`,
        unit: 's',
        target: TO_THE_OPEN,
        note: `derived: ${evening.windows} windows at ${times.window.toFixed(2)} s of a worker each, ${USUAL} workers, behind the forecasts`,
      },
      [times.validated],
    ),
    {
      ...againstBound({ case: 'ticks and slots missed or failed, deadlocks', unit: 'ticks', target: 0 }, [
        evenings.flatMap(({ faults }) => faults).length,
      ]),
      enforced: true,
    },
  ];
}

/** Seconds from the moment at which the provider is asked. */
function derivedTimes({ evenings, forecasts, windows, checks }: MeasuredRestatement) {
  const [, evening] = evenings;
  const forecast = (forecasts.seconds * WORKERS) / JOBS;
  const window = (windows.seconds * WORKERS) / JOBS;
  const stored = evening.storing + evening.restated * checks;
  const published = stored + timeToDrain(evening.forecasts, forecast, { usual: USUAL, cap: CAP });
  return {
    ...{ forecast, window, stored, published },
    validated: published + timeToDrain(evening.windows, window, { usual: USUAL, cap: USUAL }),
  };
}

export function restatementTables({ evenings }: MeasuredRestatement): ReportTable[] {
  const row = (what: string, of: (evening: Evening) => string | number) => [
    what,
    ...evenings.map(of).map(String),
  ];
  return [
    {
      title: 'An evening, as the planner and the queue did it',
      header: ['', 'nothing restated', 'every series restated'],
      rows: [
        row('series fetched', ({ ingested }) => ingested),
        row('series replaced', ({ restated }) => restated),
        row('bars changed', ({ changed }) => changed),
        row('forecasts planned', ({ forecasts }) => forecasts),
        row('windows planned', ({ windows }) => windows),
        row('SQL that storing took, s', ({ storing }) => storing.toFixed(1)),
        row('the largest, s', ({ largestStoring }) => largestStoring.toFixed(2)),
        // Two workers store at once here: one of them leaves its forecasts to the next tick, and those between the slots are not played.
        row('last forecast planned after the last series was stored, s, at most', ({ plannedAfter }) =>
          plannedAfter.toFixed(0),
        ),
        row(
          'largest call of the schedule, s',
          ({ largestTick, largestTickName }) => `${largestTick.toFixed(2)} (${largestTickName})`,
        ),
      ],
    },
    {
      title: 'What went wrong',
      header: ['tick'],
      rows: evenings.flatMap(({ faults }) => faults.slice(0, 20).map((fault) => [fault])),
    },
  ];
}
