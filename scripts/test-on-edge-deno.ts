// npm run test:edge-deno: the end-to-end tests with the version of Deno that the platform's edge runtime embeds, fetched from npm into a
// temporary directory. Without arguments those alone whose subject are functions: not the ones of `canary deploy`, which Node runs.
//
// Usage: npm run test:edge-deno [-- ARGUMENTS OF VITEST]
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { denoBinary } from '../src/local/functions/deno-binary.ts';

/** Of edge-runtime 1.74. */
const EDGE_DENO = '2.1.4';
const OF_FUNCTIONS = ['test/end-to-end/', 'test/scenarios/', 'test/cli/canary/on-a-stack/commands.test.ts'];

const directory = mkdtempSync(join(tmpdir(), 'plumbline-deno-'));
try {
  writeFileSync(join(directory, 'package.json'), '{"private": true}');
  const install = [
    'install',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    '--save-exact',
    `deno@${EDGE_DENO}`,
  ];
  execFileSync('npm', install, { cwd: directory, stdio: ['ignore', 'ignore', 'inherit'] });
  const deno = denoBinary(directory);
  console.log(execFileSync(deno, ['--version'], { encoding: 'utf8' }).trim());
  const given = process.argv.slice(2);
  const tests = ['vitest', 'run', '--project=end-to-end', ...(given.length > 0 ? given : OF_FUNCTIONS)];
  const { status } = spawnSync('npx', tests, {
    stdio: 'inherit',
    env: { ...process.env, PLUMBLINE_DENO: deno },
  });
  process.exitCode = status ?? 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}
