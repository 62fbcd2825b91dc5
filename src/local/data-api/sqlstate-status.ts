/**
 * The HTTP status PostgREST answers a database error with.
 *
 * Source: PostgREST, "Errors: HTTP Status Codes" and src/PostgREST/Error.hs (mapSQLtoHTTP). Insufficient privilege (42501)
 * depends on who asked and is not decided here.
 *
 * @param sqlstate five characters, as Postgres reports them
 * @param message the error's message: two codes are told apart by it
 */
export function statusOfSqlstate(sqlstate: string, message: string): number {
  const raised = /^PT([2-5]\d\d)$/.exec(sqlstate);
  if (raised !== null) return Number(raised[1]);
  if (sqlstate === '21000') return message.endsWith('requires a WHERE clause') ? 400 : 500;
  if (sqlstate === '22023') return /^role .* does not exist$/.test(message) ? 401 : 400;
  return BY_CODE[sqlstate] ?? BY_CLASS[sqlstate.slice(0, 2)] ?? 400;
}

const BY_CODE: Readonly<Record<string, number>> = {
  '23503': 409,
  '23505': 409,
  '25006': 405,
  '53400': 500,
  '57P01': 503,
  '42883': 404,
  '42P01': 404,
  '42P17': 500,
  P0001: 400,
};

const BY_CLASS: Readonly<Record<string, number>> = {
  '08': 503,
  '09': 500,
  '0L': 403,
  '0P': 403,
  '25': 500,
  '28': 403,
  '2D': 500,
  '38': 500,
  '39': 500,
  '3B': 500,
  '40': 500,
  '53': 503,
  '54': 500,
  '55': 500,
  '57': 500,
  '58': 500,
  F0: 500,
  HV: 500,
  P0: 500,
  PT: 500,
  XX: 500,
};
