import { z } from 'zod';

// Shapes of the answers of data.sec.gov, read loosely: fields that are not used are left away.

const texts = z.array(z.string());

/** Filings by column, newest first: one entry of each list is of one filing. */
export const filingColumnsSchema = z
  .object({
    form: texts,
    filingDate: z.array(z.iso.date('a filing date is YYYY-MM-DD')),
    acceptanceDateTime: z.array(z.iso.datetime('an acceptance time is an instant YYYY-MM-DDTHH:MM:SS.000Z')),
    /** Of an 8-K its items by comma; empty for other forms. */
    items: texts,
  })
  .refine(
    ({ form, ...others }) => Object.values(others).every(({ length }) => length === form.length),
    'the columns of filings are of one length',
  );
export type FilingColumns = z.infer<typeof filingColumnsSchema>;

/** An answer of `GET /submissions/CIK##########.json`. `files` name further answers with older filings. */
export const submissionsSchema = z.object({
  cik: z.union([z.string(), z.int()]).transform(Number),
  tickers: texts.default([]),
  filings: z.object({
    recent: filingColumnsSchema,
    files: z
      .array(
        z.object({
          name: z
            .string()
            .regex(
              /^CIK\d{10}-submissions-\d{3,4}\.json$/,
              'a file is named CIK##########-submissions-###.json',
            ),
          filingTo: z.iso.date(),
        }),
      )
      .default([]),
  }),
});
