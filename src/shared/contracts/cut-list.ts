import { z } from 'zod';

/** A list of which only the newest are given, oldest first, and how many there are in all. */
export function cutList<Row extends z.ZodType>(row: Row) {
  return z.object({ count: z.int().nonnegative(), latest: z.array(row) });
}
