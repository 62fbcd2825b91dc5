/** A time to the minute, in UTC: `2026-11-30 18:13 UTC`; empty for none, and the text as it is when it is no time. */
export function utcMinute(time: string | null): string {
  if (time === null) return '';
  const parsed = Date.parse(time);
  if (!Number.isFinite(parsed)) return time;
  return `${new Date(parsed).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
