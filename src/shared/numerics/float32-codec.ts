import { decodeBase64, encodeBase64 } from './base64-codec.ts';

/** Encodes floats of single precision as base64 of their little-endian bytes, as `encodeFloat64` does doubles. */
export function encodeFloat32(values: Float32Array): string {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < values.length; i++) view.setFloat32(i * 4, values[i], true);
  return encodeBase64(bytes);
}

/** The inverse of {@link encodeFloat32}. @throws RangeError for a text that is not base64 or does not hold whole floats */
export function decodeFloat32(text: string): Float32Array<ArrayBuffer> {
  const bytes = decodeBase64(text);
  if (bytes.length % 4 !== 0) throw new RangeError(`${bytes.length} bytes are not a whole number of floats`);
  const view = new DataView(bytes.buffer);
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(i * 4, true));
}
