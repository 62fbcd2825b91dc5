import { canonicalJson } from './canonical-json.ts';
import type { Json } from './json.ts';
import { FNV_OFFSET_BASIS, fnvDigits, fnvText } from './numerics/fnv.ts';

type Fields = { readonly [key: string]: Json };

/**
 * A record with a checksum of all its fields, 8 hexadecimal digits in `checksum`: for what is stored and read back, where one bit that has
 * changed would give other forecasts without a word. Postgres' jsonb orders keys anew; the checksum does not depend on it.
 */
export function withChecksum(record: Json): Json {
  return { ...(record as Fields), checksum: checksumOf(record as Fields) };
}

/** Whether a value is such a record and as it was made: no field has changed, is missing or was added. */
export function hasItsChecksum(value: Json): boolean {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
  const { checksum, ...record } = value as Fields;
  return checksum === checksumOf(record);
}

function checksumOf(record: Fields): string {
  return fnvDigits(fnvText(FNV_OFFSET_BASIS, canonicalJson(record)));
}
