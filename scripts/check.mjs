// npm run check: format, lint, directions of imports, unused code, types (Node and Deno), what is generated, SQL lint. The parts run
// side by side, as many as there are cores; each says how long it took, and what it printed when it failed.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const list = (directory) => readdirSync(join(root, directory)).map((name) => `${directory}/${name}`);
const functions = list('supabase/functions').filter((path) => existsSync(join(root, path, 'index.ts')));
const migrations = list('supabase/migrations').filter((path) => path.endsWith('.sql'));

// --cached-only: what is not in node_modules is an error here, not a download. Every function's deno.json says the same.
const deno = ['check', '--quiet', '--cached-only', '--node-modules-dir=manual', '--config'];
const tsc = ['--noEmit', '--incremental', '--tsBuildInfoFile', 'node_modules/.cache/check.tsbuildinfo'];

/** Name, command (node, or one of node_modules/.bin) and arguments; the longest first. */
const parts = [
  ['types', 'tsc', tsc],
  [
    'types under Deno',
    'deno',
    [...deno, `${functions[0]}/deno.json`, ...functions.map((f) => `${f}/index.ts`)],
  ],
  ['schema, migrations and types of the database', 'tsx', ['scripts/database/check-schema.ts']],
  ['format and lint', 'biome', ['check', '--error-on-warnings', '.']],
  ['kernel as its source', 'node', ['scripts/build-wasm.mjs', '--check']],
  ['directions of imports', 'depcruise', ['src', 'supabase', 'tools', 'scripts', 'bench', 'test']],
  ['unused code and dependencies', 'knip', ['--no-config-hints']],
  ['code that tests alone use', 'knip', ['--production', '--no-config-hints']],
  ['SQL lint', 'squawk', migrations],
  ['lock file complete', 'node', ['scripts/complete-lock-file.mjs', '--check']],
  ['deno.json as package.json', 'node', ['scripts/write-deno-configurations.mjs', '--check']],
];

/** Runs a part to its end; whether it passed. */
async function run([name, command, args]) {
  const began = performance.now();
  const bin = command === 'node' ? process.execPath : join(root, 'node_modules', '.bin', command);
  const child = spawn(bin, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => said.push(chunk));
  const passed = await new Promise((resolve) => {
    child.on('error', (error) => said.push(Buffer.from(`${error.message}\n`)));
    child.on('close', (status) => resolve(status === 0));
  });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  if (!passed) process.stderr.write(Buffer.concat(said));
  console.error(`${passed ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
  return passed;
}

const began = performance.now();
const waiting = [...parts];
const failed = [];
const worker = async () => {
  for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
    if (!(await run(part))) failed.push(part[0]);
  }
};
await Promise.all(Array.from({ length: availableParallelism() }, worker));
console.error(`${parts.length} checks in ${((performance.now() - began) / 1000).toFixed(1)} s`);
if (failed.length > 0) {
  console.error(`\nFailed: ${failed.join(', ')}`);
  process.exit(1);
}
