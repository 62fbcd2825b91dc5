import { z } from 'zod';
import { WINDOW_VERDICTS } from '../evaluation/window-verdict.ts';
import type { ForecastContext } from '../synthesis/circumstances.ts';
import { directionThresholdsSchema } from './settings.ts';

const contextSchema = z.object({
  thresholds: directionThresholdsSchema,
  latest_window: z
    .object({
      window_id: z.int().nonnegative(),
      last_bar_time: z.string(),
      verdict: z.enum(WINDOW_VERDICTS),
      reasons: z.array(z.string()),
    })
    .nullable(),
  outcomes: z.int().nonnegative(),
});

/** What the SQL function `forecast_context` answers, in the core's names. */
export const forecastContextSchema = contextSchema.transform(
  ({ thresholds, latest_window, outcomes }): ForecastContext => ({
    thresholds,
    latestWindow:
      latest_window === null
        ? null
        : {
            windowId: latest_window.window_id,
            lastBarTime: latest_window.last_bar_time,
            verdict: latest_window.verdict,
            reasons: latest_window.reasons,
          },
    outcomes,
  }),
);
