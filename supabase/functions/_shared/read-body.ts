import { InvalidInputError } from '../../../src/shared/errors/invalid-input-error.ts';

/** Bytes that are thrown away above the limit, so that the client can finish sending and hears the answer. */
const THROWN_AWAY = 32 * 1024 * 1024;

/**
 * The body as text. What is above the limit is thrown away as it comes, up to 32 MiB: a server that answers without reading may close the
 * connection before the client has read the answer.
 *
 * @param limit in bytes; the default is ample for a request without bars
 * @throws InvalidInputError `body_too_large`; `malformed_body` when it is not UTF-8; `body_broken_off` when it ends before its end: whoever
 *   sent it has gone away, or what lies between did
 */
export async function readBody(request: Request, limit = 64 * 1024): Promise<string> {
  const declared = Number(request.headers.get('content-length') ?? 0);
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body?.getReader();
  while (reader !== undefined) {
    const { done, value } = await reader.read().catch(brokenOff);
    if (done) break;
    size += value.byteLength;
    if (size <= limit) chunks.push(value);
    else if (Math.max(size, declared) > limit + THROWN_AWAY) {
      await reader.cancel().catch(() => {});
      break;
    }
  }
  if (size > limit) throw tooLarge(Math.max(size, declared), limit);

  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InvalidInputError('malformed_body', 'The body is not UTF-8 text');
  }
}

function brokenOff(): never {
  throw new InvalidInputError('body_broken_off', 'The body broke off before its end: send all of it again');
}

/** @param read bytes declared, or read */
function tooLarge(read: number, limit: number): InvalidInputError {
  return new InvalidInputError(
    'body_too_large',
    `The body has ${read} bytes or more; at most ${limit} are taken`,
    {
      limit,
    },
  );
}
