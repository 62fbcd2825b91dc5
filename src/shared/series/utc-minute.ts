/** A time of the database to the minute, in UTC; empty for none. */
export function utcMinute(time: string | null | undefined): string {
  return time == null ? '' : `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
