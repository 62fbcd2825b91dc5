/** The forms of RFC 9110, 5.6.7, that name their zone; nobody has sent the third one for decades. */
const HTTP_DATE = /^[A-Z][a-z]{2,8}, .* GMT$/;

/**
 * Milliseconds that an answer asks to wait: `Retry-After` in seconds or as an HTTP date (RFC 9110, 10.2.3), else
 * `X-RateLimit-Reset`, the instant in seconds since 1970 that Alpaca gives; null where it says nothing that can be read.
 *
 * @param now ISO 8601 in UTC
 */
export function retryAfter(headers: { get(name: string): string | null }, now: string): number | null {
  const text = headers.get('retry-after')?.trim();
  if (text !== undefined && /^\d{1,9}$/.test(text)) return Number(text) * 1000;
  // Only what looks like a date: Date.parse finds one in "1.5" and in "-5" too.
  const date = text !== undefined && HTTP_DATE.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(date)) return Math.max(0, date - Date.parse(now));
  const reset = headers.get('x-ratelimit-reset')?.trim();
  if (reset !== undefined && /^\d{9,12}$/.test(reset))
    return Math.max(0, Number(reset) * 1000 - Date.parse(now));
  return null;
}
