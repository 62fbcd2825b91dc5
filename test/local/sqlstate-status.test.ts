import { expect, test } from 'vitest';
import { statusOfSqlstate } from '../../src/local/data-api/sqlstate-status.ts';

test.each([
  ['23505', 409],
  ['23503', 409],
  ['23502', 400],
  ['23514', 400],
  ['22012', 400],
  ['P0001', 400],
  ['P0002', 500],
  ['28000', 403],
  ['0P000', 403],
  ['42883', 404],
  ['42P01', 404],
  ['42P17', 500],
  ['25006', 405],
  ['25001', 500],
  ['40001', 500],
  ['53300', 503],
  ['53400', 500],
  ['57014', 500],
  ['57P01', 503],
  ['XX000', 500],
  ['PT402', 402],
  ['PTABC', 500],
])('SQLSTATE %s becomes HTTP %i', (sqlstate, status) => {
  expect(statusOfSqlstate(sqlstate, 'message')).toBe(status);
});

test('a role that does not exist is 401, another invalid parameter 400', () => {
  expect(statusOfSqlstate('22023', 'role "nobody" does not exist')).toBe(401);
  expect(statusOfSqlstate('22023', 'invalid value for parameter')).toBe(400);
});
