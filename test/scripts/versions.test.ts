import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CODE_VERSION } from '../../src/shared/version.ts';

const root = resolve(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(resolve(root, path), 'utf8');

describe('what is written twice is the same', () => {
  it('the code version is that of package.json', () => {
    expect(JSON.parse(read('package.json')).version).toBe(CODE_VERSION);
  });

  it('every dependency is pinned exactly', () => {
    const { dependencies, devDependencies } = JSON.parse(read('package.json'));
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
      expect(`${name}@${version}`).toMatch(/@\d+\.\d+\.\d+(-[\w.]+)?$/);
    }
  });
});
