import { z } from 'zod';
import { WINDOW_VERDICTS } from '../evaluation/window-verdict.ts';

/** What the SQL function `latest_window` answers where there is a window. */
export const storedWindowSchema = z.object({
  window_id: z.int().nonnegative(),
  divergence: z.number().nonnegative(),
  verdict: z.enum(WINDOW_VERDICTS),
});
