import { z } from 'zod';
import type { Immutable } from './immutable.ts';
import { decisionSchema } from './rollout-evaluation.ts';

const time = z.iso.datetime({ offset: true });

/** What the SQL function `canary_report` answers: a row of `canary_reports` and what it stands on. */
export const canaryReportSchema = z.object({
  report: z.looseObject({
    /** Of a report that is stored. */
    id: z.int().positive().nullable(),
    /** New York's. */
    report_date: z.iso.date(),
    report_time: z.string(),
    status: z.enum(['ok', 'attention', 'insufficient']),
    /** What is counted happened after this. */
    since: time,
    lines: z.array(z.string()),
    is_summary: z.boolean(),
    decision: decisionSchema.nullable(),
  }),
  evaluation: z
    .object({
      // Whatever its criteria are: a report is shown by later versions too.
      criteria: z.array(
        z.object({ criterion: z.string(), verdict: z.string(), n: z.number(), sentence: z.string() }),
      ),
      triggers: z.array(z.object({ trigger: z.string(), sentence: z.string() })),
    })
    .nullable(),
  /** Oldest first. */
  events: z.array(
    z.object({
      happened_at: time,
      kind: z.string(),
      subject: z.string().nullable(),
      actor: z.string(),
      reason: z.string(),
    }),
  ),
});

export type CanaryReport = Immutable<z.infer<typeof canaryReportSchema>>;
