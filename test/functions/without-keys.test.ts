import { expect, it } from 'vitest';
import { withoutKeys } from '../../supabase/functions/_shared/without-keys.ts';

it.each([
  ['a key of ours', 'Error: sb_secret_planted_1-2 was refused', 'Error: [key] was refused'],
  ['a token', 'JWT eyJplanted.eyJplanted.planted-_ expired', 'JWT [token] expired'],
  ['a header', 'sent Authorization: Bearer planted/+=', 'sent Authorization: Bearer [left out]'],
  [
    'a header as JSON',
    '{"apikey":"planted","x-secret-key": "planted"}',
    '{"apikey":"[left out]","x-secret-key": "[left out]"}',
  ],
  ['JSON in a string', String.raw`"{\"api_key\":\"planted\"}"`, String.raw`"{\"api_key\":\"[left out]\"}"`],
  ['a parameter', 'GET https://a.test/v1?token=planted#planted failed', 'GET https://a.test/v1 failed'],
  ["a database's address", 'postgresql://postgres:planted@db.test:5432/x', 'postgresql://db.test:5432/x'],
  ['a password with an @', 'https://user:pl@nted@a.test/x', 'https://a.test/x'],
  [
    'a setting',
    "SUPABASE_SECRET_KEY='planted'; password = planted",
    "SUPABASE_SECRET_KEY='[left out]'; password = [left out]",
  ],
])('%s is left out of what is logged and recorded', (_, message, recorded) => {
  expect(withoutKeys(message)).toBe(recorded);
});
