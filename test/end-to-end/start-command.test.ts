import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { PROJECT_DIRECTORY } from '../../src/cli/data-directory.ts';
import { openDataDirectory, removeDataDirectory } from '../../src/local/data-directory.ts';
import { freePort } from '../../src/local/free-port.ts';
import { eventually } from './support/stack-clients.ts';

const data = mkdtempSync(join(tmpdir(), 'plumbline-start-'));
const groups: number[] = [];
afterAll(() => {
  // What a failed test has left running.
  for (const pid of groups) {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It ended, as it should.
    }
  }
  removeDataDirectory(openDataDirectory(data));
});

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs npm as a person would. */
function launch(args: readonly string[], environment: Record<string, string> = {}) {
  const child = spawn('npm', args, {
    cwd: PROJECT_DIRECTORY,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
    // In a process group of its own, as a terminal's foreground job: Ctrl-C goes to the group.
    detached: true,
  });
  groups.push(child.pid!);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
  const said = (text: string) => eventually(async () => (stderr.includes(text) ? stderr : undefined), 30_000);
  return { pid: child.pid!, ended, said };
}

/** Runs npm to its end. */
function npm(...args: string[]): Promise<Ended> {
  return launch(args).ended;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
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
    expect(stderr).toContain('The main job is done');
    expect(status).toBe(0);
    const report = JSON.parse(stdout);
    expect(Object.keys(report)).toEqual(['forecasts', 'windows', 'overfitting_tests', 'refused', 'left_out']);
    expect([report.refused, report.left_out]).toEqual([[], []]);
    expect([report.forecasts.length, report.windows.length, report.overfitting_tests.length]).toEqual([
      1, 1, 1,
    ]);
    expect(report.windows[0]).toMatchObject({ symbol: 'SPX', window_id: 5104 });
  });

  it('ends with 1 and a reason in one line for a directory that is not there, without a start', async () => {
    const nowhere = ['--csv', join(data, 'nowhere')];
    const { status, stdout, stderr } = await npm(
      'start',
      '--',
      '--once',
      '--json',
      '--data',
      data,
      ...nowhere,
    );
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr.trim()).toMatch(/^error: no_such_path: .*$/);
  });
});

describe('npm start, interrupted while the main job runs', () => {
  it.each([
    ['SIGTERM to npm alone, as a supervisor sends it', 'SIGTERM', (pid: number) => pid, 143],
    ['Ctrl-C in a terminal, which reaches the whole group', 'SIGINT', (pid: number) => -pid, 130],
  ] as const)('%s ends everything, and says so in one line', async (_name, signal, target, status) => {
    const port = await freePort();
    const run = launch(['start', '--', '--data', data, '--port', String(port)]);
    await run.said('The stack is up');
    const lockFile = join(data, 'stack.lock');
    const lock = JSON.parse(readFileSync(lockFile, 'utf8'));
    const pids: number[] = [lock.pid, ...lock.children.map((child: { pid: number }) => child.pid)];
    expect(pids.length).toBeGreaterThan(4);

    process.kill(target(run.pid), signal);
    const { status: given, stdout, stderr } = await run.ended;
    expect([given, stdout.trim()]).toEqual([status, '']);
    const after = stderr.slice(stderr.indexOf(`${signal}:`)).trim();
    expect(after).toBe(`${signal}: ending before the main job is done`);
    expect(pids.filter(isRunning)).toEqual([]);
    expect(existsSync(lockFile)).toBe(false);
  });
});

describe('npm start with the environment', () => {
  it('refuses in one line what contradicts itself, without a start', async () => {
    const { status, stderr } = await launch(['start', '--', '--data', data], { ENABLE_LSTM: 'false' }).ended;
    expect(status).toBe(1);
    expect(stderr.trim()).toMatch(/^error: contradictory_environment: .*$/);
  });
});

describe('npm run plumbline', () => {
  it('without a command says on standard error which there are', async () => {
    const { status, stdout, stderr } = await npm('run', 'plumbline');
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      /A command is missing: use ingest, events, forecast, explain, calendar, backup, restore; --help/,
    );
  });

  it('says that no stack runs', async () => {
    const { status, stderr } = await npm('run', 'plumbline', '--', 'forecast', 'SPX', '--data', data);
    expect([status, stderr.trim()]).toEqual([1, expect.stringMatching(/^error: no_stack: .*npm start/)]);
  });
});
