import type { z } from 'zod';

/**
 * The fields of a schema for a type of the core, which must not import schemas. `z.object({...} satisfies ShapeOf<Type>)` does not
 * compile when a field is missing, even an optional one, when one is too many, or when a field's schema gives what the type does not allow.
 */
export type ShapeOf<Type> = { readonly [Key in keyof Type]-?: z.ZodType<Type[Key]> };
