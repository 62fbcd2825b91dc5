/** Bytes as base64. */
export function encodeBase64(bytes: Uint8Array): string {
  let binary = '';
  // A call takes only so many arguments.
  for (let i = 0; i < bytes.length; i += 0x2000) {
    binary += String.fromCharCode(...bytes.subarray(i, i + 0x2000));
  }
  return btoa(binary);
}

/** The inverse of {@link encodeBase64}. @throws RangeError for a text that is not base64 */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = fromBase64(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

function fromBase64(text: string): string {
  try {
    return atob(text);
  } catch {
    throw new RangeError(`A text of ${text.length} characters is not base64`);
  }
}
