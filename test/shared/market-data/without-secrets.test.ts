import { expect, it } from 'vitest';
import { withoutSecrets } from '../../../src/shared/market-data/without-secrets.ts';

const SECRET = 'planted/"key"+0123\\456789';

it.each([
  ['as it is', SECRET],
  ['in JSON', JSON.stringify(SECRET)],
  ['in JSON that escapes slashes', JSON.stringify(SECRET).replaceAll('/', '\\/')],
  ['in an address', encodeURIComponent(SECRET)],
])('a secret is replaced %s, wherever it stands', (_, written) => {
  const clean = withoutSecrets(`before ${written} between ${written}`, [SECRET]);
  expect(clean).toMatch(/^before "?\[key\]"? between "?\[key\]"?$/);
});

it('nothing is left of a secret that contains another', () => {
  expect(withoutSecrets('a PK12345678-rest b PK12345678', ['PK12345678', 'PK12345678-rest'])).toBe(
    'a [key] b [key]',
  );
});

it('an empty secret, of which there are many in any text, is none', () => {
  expect(withoutSecrets('text', [''])).toBe('text');
});
