import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasItsChecksum, withChecksum } from '../../src/shared/checksum.ts';
import type { Json } from '../../src/shared/json.ts';
import { damages } from './damage.ts';

const documents = fc.dictionary(fc.string(), fc.jsonValue() as fc.Arbitrary<Json>);

describe('a record with a checksum', () => {
  it('has it after it was stored as JSON, in whatever order of the keys', () => {
    const property = fc.property(documents, (document) => {
      const stored = JSON.parse(JSON.stringify(withChecksum(document))) as Record<string, Json>;
      expect(hasItsChecksum(stored)).toBe(true);
      expect(hasItsChecksum(Object.fromEntries(Object.entries(stored).reverse()))).toBe(true);
    });
    fc.assert(property, { seed: 1 });
  });

  it('has it no longer after any damage', () => {
    const property = fc.property(
      documents.chain((document) => damages(withChecksum(document))),
      (damaged) => {
        expect(hasItsChecksum(damaged)).toBe(false);
      },
    );
    fc.assert(property, { seed: 1, numRuns: 1_000 });
  });

  it.each<Json>([null, 0, '', 'text', [], {}, { checksum: '' }])('is not %j', (value) => {
    expect(hasItsChecksum(value)).toBe(false);
  });
});
