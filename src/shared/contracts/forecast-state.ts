import { z } from 'zod';

/** What the SQL function `forecast_state` answers. `cutoff_bar` is the ordinal of the last bar that the artifact's fit saw. */
export const forecastStateSchema = z.array(
  z.object({
    symbol: z.string(),
    bars: z.int(),
    forecast_id: z.int().nullable(),
    artifact: z.object({ id: z.int(), cutoff_bar: z.int() }).nullable(),
  }),
);
export type ForecastState = z.infer<typeof forecastStateSchema>[number];
