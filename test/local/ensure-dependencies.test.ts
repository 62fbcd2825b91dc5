import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const SCRIPT = resolve(import.meta.dirname, '../../scripts/ensure-dependencies.mjs');
/** How npm is called: what it has to say of a failure must be seen, although .npmrc makes it silent. */
const CI = 'ci --loglevel=error\n';
const IN_PAST = new Date('2020-01-01');

let project: string;

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'plumbline-install-'));
  mkdirSync(join(project, 'scripts'));
  copyFileSync(SCRIPT, join(project, 'scripts', 'ensure-dependencies.mjs'));
  writeFileSync(join(project, 'package-lock.json'), '{}');
  // Stands in for npm: notes that it was called, and installs unless it is told to break off.
  writeFileSync(
    join(project, 'npm.js'),
    `const fs = require('node:fs');
     console.log('npm was here');
     fs.appendFileSync('calls', process.argv.slice(2).join(' ') + '\\n');
     fs.mkdirSync('node_modules', { recursive: true });
     if (process.env.BREAK_OFF) process.exit(7);
     fs.writeFileSync('node_modules/.package-lock.json', '{}');`,
  );
});
afterEach(() => rmSync(project, { recursive: true }));

function run(environment: Record<string, string> = {}, directories: readonly string[] = []) {
  const result = spawnSync(process.execPath, ['scripts/ensure-dependencies.mjs', ...directories], {
    cwd: project,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, npm_execpath: join(project, 'npm.js'), ...environment },
  });
  const calls = existsSync(join(project, 'calls')) ? readFileSync(join(project, 'calls'), 'utf8') : '';
  return { ...result, calls };
}

test('installs what is missing, once, and keeps standard output clean', () => {
  const first = run();
  expect(first).toMatchObject({ status: 0, stdout: '', calls: CI });
  expect(first.stderr).toContain('node_modules is missing');
  expect(run()).toMatchObject({ status: 0, stdout: '', stderr: '', calls: CI });
});

test('installs again when the lock file is newer', () => {
  run();
  utimesSync(join(project, 'node_modules', '.package-lock.json'), IN_PAST, IN_PAST);
  expect(run()).toMatchObject({ status: 0, calls: CI + CI });
});

test('installs the directories it is told of as well, each by itself', () => {
  const tool = join(project, 'tools', 'one');
  mkdirSync(tool, { recursive: true });
  writeFileSync(join(tool, 'package-lock.json'), '{}');
  run();
  expect(existsSync(join(tool, 'node_modules'))).toBe(false);
  const both = run({}, ['tools/one']);
  expect(both).toMatchObject({ status: 0, stdout: '', calls: CI });
  expect(both.stderr).toContain('dependencies of tools/one, because node_modules is missing');
  expect(readFileSync(join(tool, 'calls'), 'utf8')).toBe(CI);
  expect(run({}, ['tools/one'])).toMatchObject({ status: 0, stderr: '' });

  rmSync(join(tool, 'node_modules'), { recursive: true });
  const broken = run({ BREAK_OFF: '1' }, ['tools/one']);
  expect(broken.status).toBe(1);
  expect(broken.stderr).toContain('npm ci of tools/one failed: exit code 7');
});

test('a broken install fails, and is noticed the next time', () => {
  const broken = run({ BREAK_OFF: '1' });
  expect(broken.status).toBe(1);
  expect(broken.stderr).toContain('npm ci failed: exit code 7');
  const next = run();
  expect(next.status).toBe(0);
  expect(next.stderr).toContain('the last install did not finish');
});

test('why an install failed is said by npm itself', () => {
  // npm refuses these two before it asks any registry.
  writeFileSync(join(project, '.npmrc'), 'loglevel=silent\n');
  writeFileSync(join(project, 'package.json'), '{"name":"a","version":"1.0.0","dependencies":{"b":"1.0.0"}}');
  writeFileSync(
    join(project, 'package-lock.json'),
    '{"name":"a","version":"1.0.0","lockfileVersion":3,"packages":{"":{"name":"a","version":"1.0.0"}}}',
  );
  const { status, stderr } = run({ npm_execpath: '', npm_config_offline: 'true' });
  expect(status).toBe(1);
  expect(stderr).toContain('npm error');
  expect(stderr.trim()).toMatch(/npm ci failed: exit code 1$/);
});
