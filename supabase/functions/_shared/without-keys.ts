/** A message of a library may repeat what it was given: keys, tokens, and what stands in an address after its path. */
export function withoutKeys(message: string): string {
  return message
    .replaceAll(/\b([a-z][a-z+.-]*:\/\/)[^\s/]*@/gi, '$1')
    .replaceAll(/(https?:\/\/[^\s?#"']*)[?#][^\s"']*/g, '$1')
    .replaceAll(/\bsb_(?:secret|publishable)_[\w-]+/g, '[key]')
    .replaceAll(/\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?/g, '[token]')
    .replaceAll(/\b(bearer|basic)\s+[^\s"']+/gi, '$1 [left out]')
    .replaceAll(
      /(apikey|key|token|secret|password)(\\?["']?\s*[:=]\s*\\?["']?)[^\s"',;\\}]+/gi,
      '$1$2[left out]',
    );
}
