import { z } from 'zod';
import type { Json } from '../json.ts';

/** Any JSON value; its inside is checked by who uses it. */
export const jsonSchema: z.ZodType<Json> = z.json() as z.ZodType<Json>;
