// A disk that fills up, which takes a small file system of its own: as root, where mounting is allowed. Elsewhere it is skipped.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createFixtureProject, type FixtureProject } from '../local/support/fixture-project.ts';

const REPOSITORY = resolve(import.meta.dirname, '../..');
const MEGABYTE = 2 ** 20;
const SIZE = 400 * MEGABYTE;

const disk = mkdtempSync(join(tmpdir(), 'plumbline-disk-'));
chmodSync(disk, 0o755);
/** No package's program. */
const UNMOUNT = 'umount';
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE},mode=755`, 'tmpfs', disk], {
  encoding: 'utf8',
});
if (mounted.status !== 0)
  console.warn(`full-disk.test.ts is skipped: ${mounted.error?.message ?? mounted.stderr.trim()}`);

const ballast = join(disk, 'ballast');
const data = join(disk, 'data');
let project: FixtureProject;
const started: ChildProcess[] = [];

beforeAll(() => {
  project = createFixtureProject({
    'supabase/migrations/20260101000000_notes.sql': 'create table public.notes (n integer, text text);',
    'supabase/functions/answer/index.ts': `Deno.serve(() => new Response('answer'));`,
  });
});
beforeEach(makeRoom);
afterAll(async () => {
  for (const child of started) child.kill('SIGKILL');
  project.remove();
  // What the killed had started is ended by their watchdogs.
  for (let attempt = 0; mounted.status === 0 && attempt < 50; attempt++) {
    if (spawnSync(UNMOUNT, [disk]).status === 0) break;
    await sleep(200);
  }
  rmSync(disk, { recursive: true, force: true });
});

/** Fills the disk up to the last byte, or leaves as many megabytes as given. */
function fill(left = 0): void {
  const file = openSync(ballast, 'a');
  try {
    for (let size = MEGABYTE; size >= 4_096; size /= 2) {
      const piece = Buffer.alloc(size);
      try {
        for (;;) {
          const { bavail, bsize } = statfsSync(disk);
          if (left > 0 && bavail * bsize <= left * MEGABYTE) return;
          writeSync(file, piece);
        }
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    }
  } finally {
    closeSync(file);
  }
}

function makeRoom(): void {
  rmSync(ballast, { force: true });
}

interface Run {
  readonly process: ChildProcess;
  /** What it printed to standard output, a JSON document a line. */
  readonly said: {
    url?: string;
    databaseUrl?: string;
    children?: number[];
    code?: string;
    message?: string;
  }[];
  /** What it printed to standard error. */
  readonly errors: string[];
  readonly exit: Promise<number | null>;
}

function run(args: readonly string[]): Run {
  const child = spawn(process.execPath, ['--import', 'tsx', ...args], {
    cwd: REPOSITORY,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  const said: Run['said'] = [];
  const errors: string[] = [];
  createInterface({ input: child.stdout! }).on('line', (line) =>
    said.push(line.startsWith('{') ? JSON.parse(line) : {}),
  );
  createInterface({ input: child.stderr! }).on('line', (line) => errors.push(line));
  return { process: child, said, errors, exit: new Promise((done) => child.once('close', done)) };
}

function runStack(): Run {
  return run(['test/local/support/run-stack.ts', project.directory, data, 'durable']);
}

/** Waits until the stack is up; fails with what it said if it ends before. */
async function isUp(stack: Run): Promise<Required<Run['said'][number]>> {
  await Promise.race([stack.exit, until(() => stack.said.length > 0)]);
  expect(
    stack.said[0]?.databaseUrl,
    `${JSON.stringify(stack.said)} ${stack.errors.join('\n')}`,
  ).toBeDefined();
  return stack.said[0] as Required<Run['said'][number]>;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(20);
}

const SENTENCE =
  /^The disk of \S+ is full \(\d+ MB free, \d+ MB needed\): make room and start again; what was stored is kept$/;

async function expectSentence(stack: Run): Promise<void> {
  expect(await stack.exit, stack.errors.join('\n')).toBe(1);
  expect(stack.said.at(-1)).toMatchObject({ code: 'disk_full', message: expect.stringMatching(SENTENCE) });
  expect(stack.errors).toEqual([]);
}

/** Inserts row after row until that fails. Resolves with how many were acknowledged. */
async function insertUntilFailure(databaseUrl: string, from: number): Promise<number> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  let n = from;
  try {
    for (;;) {
      await sql`insert into notes select ${n + 1}, (select string_agg(md5(random()::text), '') from generate_series(1, 200))`;
      n += 1;
    }
  } catch {
    return n;
  } finally {
    await sql.end({ timeout: 0 });
  }
}

/** Starts again, once there is room, and looks whether every row is there. */
async function expectRows(count: number): Promise<void> {
  makeRoom();
  const again = runStack();
  const { databaseUrl } = await isUp(again);
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  const [row] =
    await sql`select count(*)::int as rows, count(distinct n)::int as numbers from notes where n <= ${count}`;
  expect(row).toEqual({ rows: count, numbers: count });
  await sql.end();
  again.process.kill('SIGTERM');
  expect(await again.exit).toBe(0);
}

describe.runIf(mounted.status === 0)('a full disk', () => {
  test('a stack that fills it, or finds it full at once, stops with one sentence and loses nothing', async () => {
    let rows = 0;
    for (const left of [60, 0]) {
      const stack = runStack();
      const { databaseUrl } = await isUp(stack);
      const inserted = insertUntilFailure(databaseUrl, rows);
      await sleep(500);
      fill(left);
      await expectSentence(stack);
      const acknowledged = await inserted;
      expect(acknowledged).toBeGreaterThan(rows);
      rows = acknowledged;
      await expectRows(rows);
      await deleteRowsAbove(rows);
    }
  });

  test.each(['a function', 'Postgres'])('%s that dies on a full disk costs one sentence', async (what) => {
    const stack = runStack();
    const { children } = await isUp(stack);
    fill();
    process.kill(children[what === 'Postgres' ? 0 : 1]!, 'SIGKILL');
    await expectSentence(stack);
    expect(existsSync(join(data, 'stack.lock'))).toBe(false);
    await expectRows(0);
  });

  test('a start on a full disk says one sentence, in a directory that is there and in a new one', async () => {
    for (const left of [0, 40]) {
      fill(left);
      await expectSentence(runStack());
      for (const directory of [data, join(disk, 'new')]) {
        const command = run(['src/cli/start.ts', '--once', '--data', directory]);
        expect(await command.exit).toBe(1);
        expect(command.errors.slice(1)).toEqual([expect.stringMatching(/^error: disk_full: The disk of /)]);
      }
      expect(readdirSync(disk)).not.toContain('new');
    }
  });

  test('a disk that fills up at any moment of a start stops it with one sentence; the next one succeeds', async () => {
    rmSync(data, { recursive: true, force: true });
    /** From the first file on. */
    const begun = async () => {
      const stack = runStack();
      await until(() => existsSync(join(data, 'stack.lock')));
      return stack;
    };
    const whole = await begun();
    const began = performance.now();
    await isUp(whole);
    const duration = performance.now() - began;
    whole.process.kill('SIGTERM');
    await whole.exit;

    const moments = 6;
    for (let moment = 0; moment < moments; moment++) {
      // A new directory and one that is there, in turn.
      if (moment % 2 === 0) rmSync(data, { recursive: true });
      makeRoom();
      const stack = await begun();
      await sleep((duration * moment) / (moments - 1));
      fill();
      await expectSentence(stack);
    }
    makeRoom();
    const stack = runStack();
    await isUp(stack);
    stack.process.kill('SIGTERM');
    expect(await stack.exit).toBe(0);
  });
});

/** Rows that were stored though nobody was told so. */
async function deleteRowsAbove(count: number): Promise<void> {
  const stack = runStack();
  const { databaseUrl } = await isUp(stack);
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  await sql`delete from notes where n > ${count}`;
  await sql.end();
  stack.process.kill('SIGTERM');
  await stack.exit;
}
