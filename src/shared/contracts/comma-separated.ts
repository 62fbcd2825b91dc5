import { z } from 'zod';

/** A list as one text, its entries by comma; of what is wrong with it the first is told, with its entry. */
export function commaSeparated<Entry>(schema: z.ZodType<readonly Entry[], readonly string[]>) {
  return z.string().transform((text, context): readonly Entry[] => {
    const names = text.split(',').map((name) => name.trim());
    const parsed = schema.safeParse(names);
    if (parsed.success) return parsed.data;
    const { message, path } = parsed.error.issues[0];
    const entry = path.length === 0 ? '' : `"${names[path[0] as number]}": `;
    context.addIssue({ code: 'custom', message: `${entry}${message}` });
    return z.NEVER;
  });
}
