import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** A tree in which every rule is broken, and some imports are as they should be. */
const TREE: Readonly<Record<string, string>> = {
  'src/shared/numerics/mean.ts':
    "import type { Model } from '../models/model.ts';\nexport type Mean = Model;",
  'src/shared/models/model.ts': 'export type Model = 1;',
  'src/shared/series/bars.ts':
    "import type { Kpss } from '../statistical-tests/kpss.ts';\nexport type Bars = Kpss;",
  'src/shared/statistical-tests/kpss.ts': 'export type Kpss = 1;',
  'src/shared/store/client.ts':
    "import 'node:fs';\nimport '../../local/stack.ts';\nimport '../../cli/command.ts';\nimport '../../../supabase/functions/log.ts';",
  'src/shared/jobs/job.ts': "import '../models/model.ts';\nimport '../elsewhere/thing.ts';",
  'src/shared/elsewhere/thing.ts': '',
  'src/shared/series/parse.ts': "import { z } from 'zod';\nexport const parse = z.string();",
  'src/shared/series/typed.ts': "import type { z } from 'zod';\nexport type Typed = z.ZodType;",
  'src/shared/contracts/schema.ts': "import { z } from 'zod';\nexport const schema = z.string();",
  'node_modules/zod/package.json': '{ "name": "zod", "version": "1.0.0", "main": "index.js" }',
  'node_modules/zod/index.js': 'export const z = {};',
  'package.json': '{ "name": "tree", "dependencies": { "zod": "1.0.0" } }',
  'src/local/stack.ts': '',
  'src/cli/command.ts': "import '../shared/jobs/job.ts';\nimport './not-there.ts';",
  'supabase/functions/log.ts': "import '../../src/cli/command.ts';",
  // No file of these imports itself back.
  'src/cli/deploy/deploy.ts':
    "import type { Target } from '../target/target.ts';\nexport type Deploy = Target;",
  'src/cli/deploy/error.ts': 'export type DeployError = 1;',
  'src/cli/target/target.ts': 'export type Target = 1;',
  'src/cli/target/open.ts':
    "import type { DeployError } from '../deploy/error.ts';\nexport type Open = DeployError;",
  'src/shared/rollout/criteria/tests.ts':
    "import type { Pair } from '../comparison/pair.ts';\nexport type Tests = Pair;",
  'src/shared/rollout/criteria/wording.ts': 'export type Wording = 1;',
  'src/shared/rollout/comparison/pair.ts': 'export type Pair = 1;',
  'src/shared/rollout/comparison/ratio.ts':
    "import type { Wording } from '../criteria/wording.ts';\nexport type Ratio = Wording;",
  'src/cli/a.ts': "import type { B } from './b.ts';\nexport type A = B;",
  'src/cli/b.ts': "import type { A } from './a.ts';\nexport type B = A | 1;",
};

/** What the lint found in the tree: `rule: from -> to`. */
let found: string[];
const broken = (rule: string) => found.filter((line) => line.startsWith(`${rule}: `)).sort();

beforeAll(() => {
  const root = resolve(import.meta.dirname, '../..');
  const tree = mkdtempSync(join(tmpdir(), 'import-directions-'));
  afterAll(() => rmSync(tree, { recursive: true }));
  for (const [path, text] of Object.entries(TREE)) {
    mkdirSync(join(tree, dirname(path)), { recursive: true });
    writeFileSync(join(tree, path), text);
  }
  const config = join(root, '.dependency-cruiser.mjs');
  const { stdout } = spawnSync(
    join(root, 'node_modules/.bin/depcruise'),
    ['--config', config, '--output-type', 'json', '.'],
    { cwd: tree, encoding: 'utf8' },
  );
  const { violations } = (JSON.parse(stdout) as { summary: { violations: Violation[] } }).summary;
  found = violations.map(({ from, to, rule }) => `${rule.name}: ${from} -> ${to}`);
}, 60_000);

interface Violation {
  readonly from: string;
  readonly to: string;
  readonly rule: { readonly name: string };
}

describe('the lint of import directions', () => {
  it('refuses an import from a line below, be it of a type alone', () => {
    expect(broken('src/shared/numerics-imports-from-lines-above')).toEqual([
      'src/shared/numerics-imports-from-lines-above: src/shared/numerics/mean.ts -> src/shared/models/model.ts',
    ]);
  });

  it('refuses an import between folders of one line', () => {
    expect(broken('src/shared/series-imports-from-lines-above')).toEqual([
      'src/shared/series-imports-from-lines-above: src/shared/series/bars.ts -> src/shared/statistical-tests/kpss.ts',
    ]);
  });

  it('keeps the core free of commands, of the local stack, of functions and of Node', () => {
    expect(broken('src/shared-imports-from-lines-above')).toEqual([
      'src/shared-imports-from-lines-above: src/shared/store/client.ts -> src/cli/command.ts',
      'src/shared-imports-from-lines-above: src/shared/store/client.ts -> src/local/stack.ts',
      'src/shared-imports-from-lines-above: src/shared/store/client.ts -> supabase/functions/log.ts',
    ]);
    expect(broken('core-imports-nothing-of-node')).toEqual([
      'core-imports-nothing-of-node: src/shared/store/client.ts -> fs',
    ]);
  });

  it('lets nothing but contracts parse, while types may be named', () => {
    expect(broken('only-contracts-parses')).toEqual([
      'only-contracts-parses: src/shared/series/parse.ts -> node_modules/zod/index.js',
    ]);
  });

  it('keeps commands out of functions', () => {
    expect(broken('supabase-imports-from-lines-above')).toEqual([
      'supabase-imports-from-lines-above: supabase/functions/log.ts -> src/cli/command.ts',
    ]);
  });

  it('wants a line for every folder of the core', () => {
    expect(broken('core-folder-without-a-line')).toEqual([
      'core-folder-without-a-line: src/shared/jobs/job.ts -> src/shared/elsewhere/thing.ts',
    ]);
  });

  it('refuses circles of folders, of types alone too', () => {
    expect(broken('no-circle-of-folders')).toContain(
      'no-circle-of-folders: src/cli/deploy -> src/cli/target',
    );
    expect(broken('no-circle-within-a-folder-of-the-core')).toContain(
      'no-circle-within-a-folder-of-the-core: src/shared/rollout/criteria -> src/shared/rollout/comparison',
    );
  });

  it('refuses circles of files', () => {
    expect(broken('no-circle-of-files')).toContain('no-circle-of-files: src/cli/a.ts -> src/cli/b.ts');
  });

  it('refuses an import of a file that is not there', () => {
    expect(broken('import-not-found')).toEqual(['import-not-found: src/cli/command.ts -> ./not-there.ts']);
  });

  it('lets the other imports pass', () => {
    for (const import_ of ['jobs/job.ts -> src/shared/models', 'cli/command.ts -> src/shared/jobs'])
      expect(found.filter((line) => line.includes(import_))).toEqual([]);
  });
});
