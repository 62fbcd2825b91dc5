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
  let binary = '';
  for (let i = 0; i < bytes.length; i += 0x2000) {
    binary += String.fromCharCode(...bytes.subarray(i, i + 0x2000));
  }
  return btoa(binary);
}

/** The inverse of {@link encodeFloat64}. @throws RangeError when the text does not hold whole doubles. */
export function decodeFloat64(text: string): Float64Array {
  const binary = atob(text);
  if (binary.length % 8 !== 0)
    throw new RangeError(`${binary.length} bytes are not a whole number of doubles`);
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  return Float64Array.from({ length: bytes.length / 8 }, (_, i) => view.getFloat64(i * 8, true));
}
