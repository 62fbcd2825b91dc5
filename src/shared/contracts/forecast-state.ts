import { z } from 'zod';

/**
 * What the SQL function `forecast_state` answers. `restated_at` is the bars' (bar_series), as text to the microsecond. `cutoff_bar` is the ordinal of the last bar that the artifact's fit saw; `failure` what no
 * fit is tried again for before `retry_at` (ISO 8601).
 */
export const forecastStateSchema = z.array(
  z.object({
    symbol: z.string(),
    bars: z.int(),
    restated_at: z.string(),
    forecast_id: z.int().nullable(),
    artifact: z.object({ id: z.int(), cutoff_bar: z.int() }).nullable(),
    failure: z.object({ code: z.string(), message: z.string(), retry_at: z.string() }).nullable(),
  }),
);
export type ForecastState = z.infer<typeof forecastStateSchema>[number];
