/**
 * Milliseconds that an answer asks to wait: `Retry-After` in seconds or as an HTTP date (RFC 9110, 10.2.3), else
 * `X-RateLimit-Reset`, the instant in seconds since 1970 that Alpaca gives; null where it says nothing that can be read.
 *
 * @param now ISO 8601 in UTC
 */
export function retryAfter(headers: { get(name: string): string | null }, now: string): number | null {
  const text = headers.get('retry-after')?.trim();
  if (text !== undefined && /^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const date = text === undefined ? Number.NaN : Date.parse(text);
  if (!Number.isNaN(date)) return Math.max(0, date - Date.parse(now));
  const reset = headers.get('x-ratelimit-reset')?.trim();
  if (reset !== undefined && /^\d{9,12}$/.test(reset))
    return Math.max(0, Number(reset) * 1000 - Date.parse(now));
  return null;
}
