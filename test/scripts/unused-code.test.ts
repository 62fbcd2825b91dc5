import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const TREE: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify({
    ...{ name: 'tree', type: 'module', scripts: { test: 'vitest run' } },
    ...{ dependencies: { zod: '1.0.0' }, devDependencies: { vitest: '1.0.0' } },
  }),
  'vitest.config.ts': "export default { test: { include: ['test/**/*.test.ts'] } };",
  'src/cli/start.ts': "import { used } from '../shared/numerics/used.ts';\nconsole.log(used);",
  'src/shared/numerics/used.ts':
    'export const used = 1;\nexport const ofNobody = 2;\nexport const ofTests = 3;',
  'src/shared/numerics/tested.ts': 'export const tested = 1;',
  'src/shared/numerics/forgotten.ts': 'export const forgotten = 1;',
  'test/some.test.ts':
    "import { tested } from '../src/shared/numerics/tested.ts';\nimport { ofTests } from '../src/shared/numerics/used.ts';\nconsole.log(tested, ofTests);",
};

let tree: string;
beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), 'unused-code-'));
  for (const [path, text] of Object.entries(TREE)) {
    mkdirSync(join(tree, dirname(path)), { recursive: true });
    writeFileSync(join(tree, path), text);
  }
});
afterAll(() => rmSync(tree, { recursive: true }));

/** What knip finds in the tree by the configuration of this repository. */
function found(...options: readonly string[]) {
  const root = resolve(import.meta.dirname, '../..');
  const { status, stdout } = spawnSync(
    join(root, 'node_modules/.bin/knip'),
    ['--directory', tree, '--config', join(root, 'knip.config.js'), '--reporter', 'json', ...options],
    { encoding: 'utf8' },
  );
  const { issues } = JSON.parse(stdout) as { issues: Issue[] };
  const all = (kind: 'files' | 'exports' | 'dependencies') =>
    issues.flatMap((issue) => (issue[kind] ?? []).map(({ name }) => name)).sort();
  return { status, files: all('files'), exports: all('exports'), dependencies: all('dependencies') };
}

type Named = readonly { readonly name: string }[];
type Issue = Partial<Record<'files' | 'exports' | 'dependencies', Named>>;

describe('the lint of unused code', () => {
  it('finds files, exports and dependencies that nothing uses', () => {
    expect(found()).toEqual({
      ...{ status: 1, files: ['src/shared/numerics/forgotten.ts'], exports: ['ofNobody'] },
      dependencies: ['zod'],
    });
  }, 60_000);

  it('of production finds what tests alone use', () => {
    expect(found('--production')).toEqual({
      ...{ status: 1, exports: ['ofNobody', 'ofTests'], dependencies: ['zod'] },
      files: ['src/shared/numerics/forgotten.ts', 'src/shared/numerics/tested.ts'],
    });
  }, 60_000);
});
