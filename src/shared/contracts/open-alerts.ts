import { z } from 'zod';
import { ALERT_LEVELS, type OpenAlert } from '../divergence/decide-alerts.ts';
import type { ShapeOf } from './shape-of.ts';

/** Open alerts, as rows of `divergence_alerts`. */
export const openAlertsSchema = z.array(
  z.object({ id: z.int(), level: z.enum(ALERT_LEVELS) } satisfies ShapeOf<OpenAlert>),
);
