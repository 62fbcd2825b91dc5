import type { Json } from '../json.ts';

/** A type with all that is in it readonly: what a schema infers is mutable, and nobody who is handed it may change it. */
export type Immutable<Type> = [Json] extends [Type]
  ? Type
  : Type extends Float64Array
    ? Type
    : { readonly [Key in keyof Type]: Immutable<Type[Key]> };
