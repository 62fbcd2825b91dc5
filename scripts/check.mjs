// npm run check: format, lint, directions of imports, types (Node and Deno), SQL lint. Runs everything, then says what failed.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const list = (directory) => readdirSync(join(root, directory)).map((name) => join(directory, name));
const functions = list('supabase/functions').filter((path) => existsSync(join(root, path, 'index.ts')));
const migrations = list('supabase/migrations').filter((path) => path.endsWith('.sql'));

const checks = [
  ['format and lint', 'biome', ['check', '--error-on-warnings', '.']],
  ['types', 'tsc', ['--noEmit', '--project', '.']],
  ['directions of imports', 'depcruise', ['src', 'supabase', 'tools', 'scripts', 'bench', 'test']],
  ['lock file complete', 'node', ['scripts/complete-lock-file.mjs', '--check']],
  ['kernel as its source', 'node', ['scripts/build-wasm.mjs', '--check']],
  ['deno.json as package.json', 'node', ['scripts/write-deno-configurations.mjs', '--check']],
  // --cached-only: what is not in node_modules is an error here, not a download.
  ...functions.map((path) => [
    `types under Deno: ${path}`,
    'deno',
    [
      'check',
      '--quiet',
      '--cached-only',
      '--node-modules-dir=manual',
      '--config',
      `${path}/deno.json`,
      `${path}/index.ts`,
    ],
  ]),
  ['SQL lint', 'squawk', migrations],
  [
    'schema, migrations and types of the database',
    'node',
    ['--import', 'tsx', 'scripts/database/check-schema.ts'],
  ],
];

const failed = [];
for (const [name, command, args] of checks) {
  const began = performance.now();
  const bin = command === 'node' ? process.execPath : join(root, 'node_modules', '.bin', command);
  const { status, error } = spawnSync(bin, args, { cwd: root, stdio: 'inherit' });
  if (error !== undefined) console.error(error.message);
  if (status !== 0) failed.push(name);
  console.error(
    `${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${((performance.now() - began) / 1000).toFixed(1)} s)`,
  );
}
if (failed.length > 0) {
  console.error(`\nfailed: ${failed.join(', ')}`);
  process.exit(1);
}
