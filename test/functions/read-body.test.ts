import { describe, expect, it } from 'vitest';
import { readBody } from '../../supabase/functions/_shared/read-body.ts';

/** A request whose body is these chunks, and then ends, or breaks off. */
function requestOf(chunks: readonly Uint8Array[], end: 'ends' | 'breaks off' = 'ends'): Request {
  const left = [...chunks];
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const chunk = left.shift();
      if (chunk !== undefined) controller.enqueue(chunk);
      else if (end === 'ends') controller.close();
      else controller.error(new TypeError('error reading a body from connection'));
    },
  });
  return new Request('http://127.0.0.1/served', { method: 'POST', body, duplex: 'half' } as RequestInit);
}

const bytes = (text: string) => new TextEncoder().encode(text);
const refusal = (code: string) => expect.objectContaining({ name: 'InvalidInputError', code });

describe('the body of a request', () => {
  it('is all of it, in however many chunks a character comes', async () => {
    const sent = bytes('{"symbol": "Ä€😀"}');
    expect(await readBody(requestOf(Array.from(sent, (byte) => Uint8Array.of(byte))))).toBe(
      '{"symbol": "Ä€😀"}',
    );
    expect(await readBody(requestOf([]))).toBe('');
  });

  it.each([0, 1, 7])('that breaks off after %d chunks is refused with a code', async (chunks) => {
    const sent = Array.from({ length: chunks }, () => bytes('{"symbols"'));
    await expect(readBody(requestOf(sent, 'breaks off'))).rejects.toEqual(refusal('body_broken_off'));
  });

  it('that breaks off above the limit is refused too', async () => {
    await expect(readBody(requestOf([bytes('12345')], 'breaks off'), 4)).rejects.toEqual(
      refusal('body_broken_off'),
    );
    await expect(readBody(requestOf([bytes('12345')]), 4)).rejects.toEqual(refusal('body_too_large'));
  });

  it('that is not UTF-8 is refused', async () => {
    await expect(readBody(requestOf([Uint8Array.of(0x22, 0xff, 0x22)]))).rejects.toEqual(
      refusal('malformed_body'),
    );
  });
});
