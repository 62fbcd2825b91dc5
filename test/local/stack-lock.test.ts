import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LOCK_FILE, openDataDirectory } from '../../src/local/data-directory.ts';
import { processStartTime } from '../../src/local/processes/process-identity.mjs';
import { StackLock } from '../../src/local/processes/stack-lock.ts';

let data: string;
let record: string;
let child: ChildProcess | null = null;

beforeEach(() => {
  data = openDataDirectory(mkdtempSync(join(tmpdir(), 'plumbline-lock-'))).path;
  record = join(data, LOCK_FILE);
});
afterEach(() => {
  child?.kill('SIGKILL');
  child = null;
  rmSync(data, { recursive: true });
});

/** A process that holds what it inherits. */
function sleeper(...inherited: number[]): ChildProcess & { pid: number } {
  child = spawn('sleep', ['60'], { stdio: ['ignore', 'ignore', 'ignore', ...inherited] });
  return child as ChildProcess & { pid: number };
}

function ended(process: ChildProcess): Promise<unknown> {
  return new Promise((resolve) => process.once('exit', resolve));
}

function refusal(details: object, message: RegExp) {
  return { code: 'stack_already_running', details, message: expect.stringMatching(message) };
}

test('whatever becomes of the record, the lock is held until it is released', async () => {
  const lock = await StackLock.acquire(data);
  lock.publish('http://127.0.0.1:1');
  const { pid } = process;
  await expect(StackLock.acquire(data, 0)).rejects.toMatchObject(
    refusal(
      { pid, url: 'http://127.0.0.1:1', host: null },
      /already runs \(process \d+, http.*stop it first$/,
    ),
  );
  rmSync(record);
  await expect(StackLock.acquire(data, 0)).rejects.toMatchObject(refusal({ pid: null }, /fuser/));
  lock.release();
  lock.release();
  (await StackLock.acquire(data, 0)).release();
  expect(existsSync(record)).toBe(false);
});

test('a stack elsewhere is named and waited for; none of its process ids is taken for one of here', async () => {
  const lock = await StackLock.acquire(data);
  const innocent = sleeper();
  const children = [
    { pid: innocent.pid, startTime: processStartTime(innocent.pid), name: 'postgres', signal: 'SIGTERM' },
  ];
  const elsewhere = {
    ...JSON.parse(readFileSync(record, 'utf8')),
    pid: 7,
    startTime: '1',
    namespace: 'the same boot pid:[4026532999]',
    host: 'container-1',
    children,
  };
  writeFileSync(record, JSON.stringify(elsewhere));
  await expect(StackLock.acquire(data, 0)).rejects.toMatchObject(
    refusal(
      { pid: 7, host: 'container-1' },
      /on another host \(container-1, process 7 there, starting\): stop it there/,
    ),
  );
  setTimeout(() => lock.release(), 200);
  // Its record may stay when it is killed.
  writeFileSync(record, JSON.stringify(elsewhere));
  const next = await StackLock.acquire(data);
  expect(innocent.exitCode ?? innocent.signalCode).toBe(null);
  next.release();
});

test('what a dead stack started holds the lock on, is ended if it is known, and named if not', async () => {
  const lock = await StackLock.acquire(data);
  const left = sleeper(lock.descriptor);
  const recorded = [
    { pid: left.pid, startTime: processStartTime(left.pid), name: 'postgres', signal: 'SIGTERM' },
  ];
  const dead = { ...JSON.parse(readFileSync(record, 'utf8')), startTime: '1' };
  lock.release();
  writeFileSync(record, JSON.stringify(dead));
  await expect(StackLock.acquire(data, 0)).rejects.toMatchObject(
    refusal(
      { pid: null, url: null },
      /has ended, but something it started has not: end it \(fuser .*plumbline-data/,
    ),
  );
  writeFileSync(record, JSON.stringify({ ...dead, children: recorded }));
  const exit = ended(left);
  const next = await StackLock.acquire(data, 0);
  await exit;
  expect(next.children).toEqual([]);
  next.release();
});

test('the record of a version that locked nothing counts while its process runs', async () => {
  const old = {
    pid: process.pid,
    startTime: processStartTime(process.pid),
    url: 'http://127.0.0.1:1',
    children: [],
  };
  writeFileSync(record, JSON.stringify(old));
  await expect(StackLock.acquire(data, 0)).rejects.toMatchObject(
    refusal({ pid: process.pid }, /already runs/),
  );
  writeFileSync(record, JSON.stringify({ ...old, startTime: '1' }));
  (await StackLock.acquire(data, 0)).release();
});
