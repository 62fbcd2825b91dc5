import { z } from 'zod';

/** What `write_secrets` answers: by the secret's name, what became of it. */
export const secretOutcomesSchema = z.record(z.string(), z.enum(['created', 'updated', 'unchanged']));
export type SecretOutcomes = Readonly<z.infer<typeof secretOutcomesSchema>>;
