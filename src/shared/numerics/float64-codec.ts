import { decodeBase64, encodeBase64 } from './base64-codec.ts';

/**
 * Encodes doubles as base64 of their little-endian bytes.
 *
 * Checkpoints and artifacts travel through Postgres' jsonb, whose numbers have no -0, NaN or Infinity: bytes keep
 * every bit.
 */
export function encodeFloat64(values: Float64Array): string {
  const bytes = new Uint8Array(values.length * 8);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < values.length; i++) view.setFloat64(i * 8, values[i], true);
  return encodeBase64(bytes);
}

/** The inverse of {@link encodeFloat64}. @throws RangeError for a text that is not base64 or does not hold whole doubles */
export function decodeFloat64(text: string): Float64Array {
  const bytes = decodeBase64(text);
  if (bytes.length % 8 !== 0) throw new RangeError(`${bytes.length} bytes are not a whole number of doubles`);
  const view = new DataView(bytes.buffer);
  return Float64Array.from({ length: bytes.length / 8 }, (_, i) => view.getFloat64(i * 8, true));
}

/** The inverse of {@link encodeFloat64} for what may be anything: null where it is none of its texts. */
export function decodeFloat64OrNull(text: unknown): Float64Array | null {
  try {
    return typeof text === 'string' ? decodeFloat64(text) : null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
