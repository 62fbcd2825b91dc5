import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { PROJECT_DIRECTORY } from '../../src/cli/data-directory.ts';
import { openDataDirectory, removeDataDirectory } from '../../src/local/data-directory.ts';

const data = mkdtempSync(join(tmpdir(), 'plumbline-start-'));
afterAll(() => removeDataDirectory(openDataDirectory(data)));

/** Runs npm as a person would, and waits for its end. */
function npm(...args: string[]): Promise<{ status: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn('npm', args, { cwd: PROJECT_DIRECTORY, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
}

describe('npm start -- --once --json', () => {
  it('prints one JSON document and nothing else on standard output, and ends with 0', async () => {
    const { status, stdout, stderr } = await npm(
      'start',
      '--',
      '--once',
      '--json',
      '--windows',
      '1',
      '--data',
      data,
    );
    expect(stderr).toContain('the main job is done');
    expect(status).toBe(0);
    const report = JSON.parse(stdout);
    expect(Object.keys(report)).toEqual(['forecasts', 'windows', 'overfitting_tests']);
    expect([report.forecasts.length, report.windows.length, report.overfitting_tests.length]).toEqual([
      1, 1, 1,
    ]);
    expect(report.windows[0]).toMatchObject({ symbol: 'SPX', window_id: 5104 });
  }, 110_000);

  it.each([
    ['an unknown option', ['--frehs'], 'invalid_argument'],
    ['a directory that is not there', ['--csv', join(data, 'nowhere')], 'no_such_path'],
  ])('ends with 1 and a reason in one line for %s, without a start', async (_name, args, code) => {
    const { status, stdout, stderr } = await npm('start', '--', '--once', '--json', '--data', data, ...args);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr.trim()).toMatch(new RegExp(`^error: ${code}: .*$`));
  });
});

describe('npm run plumbline', () => {
  it('says that no stack runs', async () => {
    const { status, stderr } = await npm('run', 'plumbline', '--', 'forecast', 'SPX', '--data', data);
    expect([status, stderr.trim()]).toEqual([1, expect.stringMatching(/^error: no_stack: .*npm start/)]);
  });
});
