import type { WindowSizes } from '../ensemble/ensemble-configuration.ts';
import { InvalidInputError } from '../errors/invalid-input-error.ts';
import type { Timeframe } from '../series/series.ts';

/** A rolling-origin window by the ordinals (from 0) of its bars in their series; each part ends where the next begins. */
export interface Window {
  /** Ordinal of the last test bar; names the window within its series. */
  readonly windowId: number;
  readonly trainFrom: number;
  readonly validationFrom: number;
  readonly testFrom: number;
  /** One past the last test bar. */
  readonly end: number;
}

/** Sizes of a window where no setting says otherwise; the database's setting `window_sizes` begins with the same. */
export const DEFAULT_WINDOW_SIZES: Readonly<Record<Timeframe, WindowSizes>> = {
  '1D': { train: 1000, validation: 250, test: 250, step: 250 },
  '4h': { train: 500, validation: 125, test: 125, step: 125 },
  // One bar a session and not two: a window of as many bars as for half sessions would span three years.
  '8h': { train: 375, validation: 125, test: 125, step: 125 },
};

/** Fewer outcomes in a part give no standard error worth the name. */
export const MINIMUM_PART_BARS = 20;

/**
 * The rolling-origin windows of a series, oldest first.
 *
 * Aligned at the end: the latest window ends at the last bar, and each earlier one `step` bars before the next, as many as
 * fit. So "the latest four windows" hold the newest bars, whatever the length of the series.
 *
 * Twin: the SQL function `internal.plan_validations`, compared in test/database/computed-twice.test.ts.
 *
 * @param length bars of the series
 * @param steps that a forecast looks ahead: each part holds so many bars more than outcomes, less one. Default 1
 * @throws InvalidInputError `invalid_window_sizes` when a size is not a positive whole number; `too_few_bars_for_window`
 *   when not even one window fits
 */
export function rollingWindows(length: number, sizes: WindowSizes, steps = 1): Window[] {
  requireWindowSizes(sizes, steps);
  const { train, validation, test, step } = sizes;
  const needed = train + validation + test;
  if (length < needed) {
    throw new InvalidInputError(
      'too_few_bars_for_window',
      `There are ${length} bars, and one window needs ${needed}: ${train} train, ${validation} validation, ${test} test`,
      { have: length, need: needed },
    );
  }
  const windows: Window[] = [];
  for (let end = length; end >= needed; end -= step) {
    const trainFrom = end - needed;
    windows.unshift({
      windowId: end - 1,
      trainFrom,
      validationFrom: trainFrom + train,
      testFrom: trainFrom + train + validation,
      end,
    });
  }
  return windows;
}

/** @throws InvalidInputError `invalid_window_sizes` */
function requireWindowSizes(sizes: WindowSizes, steps: number): void {
  for (const name of ['train', 'validation', 'test', 'step'] as const) {
    const least = name === 'step' ? 1 : MINIMUM_PART_BARS + steps - 1;
    if (!Number.isInteger(sizes[name]) || sizes[name] < least) {
      throw new InvalidInputError(
        'invalid_window_sizes',
        `The window's ${name} is ${sizes[name]}, but must be a whole number of bars, at least ${least}`,
        { name, value: sizes[name] },
      );
    }
  }
}
