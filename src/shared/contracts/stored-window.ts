import { z } from 'zod';

/** What the SQL function `latest_window` answers where there is a window. */
export const storedWindowSchema = z.object({
  window_id: z.int().nonnegative(),
  divergence: z.number().nonnegative(),
  verdict: z.enum(['ok', 'overfitting', 'implausible']),
});
