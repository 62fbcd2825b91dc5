import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
} from 'node:fs';
import { connect } from 'node:net';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDataDirectory, removeDataDirectory } from '../../src/local/data-directory.ts';
import { startStack } from '../../src/local/stack.ts';
import { eventually } from './support/eventually.ts';
import { createFixtureProject, type FixtureProject } from './support/fixture-project.ts';

const REPOSITORY = resolve(import.meta.dirname, '../..');

/** Runs a command in PID and IPC namespaces of its own; null where that is not allowed, as on macOS and in most containers. */
const UNSHARED = ((): string[] | null => {
  const asUser = process.getuid?.() === 0 ? [] : ['--user', '--map-current-user'];
  const command = ['unshare', ...asUser, '--pid', '--ipc', '--fork', '--kill-child', '--mount-proc'];
  return spawnSync(command[0]!, [...command.slice(1), 'true']).status === 0 ? command : null;
})();
if (UNSHARED === null)
  console.warn('A second stack in another PID namespace is not tried: unshare is not allowed here');

let project: FixtureProject;
const started: ChildProcess[] = [];

beforeAll(() => {
  project = createFixtureProject({
    'supabase/migrations/20260101000000_notes.sql': 'create table public.notes (text text);',
    'supabase/functions/answer/index.ts': `Deno.serve(() => new Response('answer'));`,
  });
});

afterAll(async () => {
  for (const child of started) child.kill('SIGKILL');
  project.remove();
});

interface Started {
  readonly process: ChildProcess;
  readonly said: {
    url: string;
    databaseUrl: string;
    children: number[];
    code?: string;
    message?: string;
    details?: Record<string, unknown>;
  };
}

/** Starts a stack in a process of its own; resolves with what it says when it is up or has failed. */
function start(): Promise<Started> {
  return startBy([]);
}

/** @param wrapper the command that runs the stack's process, before its own words */
async function startBy(wrapper: readonly string[]): Promise<Started> {
  const script = join(import.meta.dirname, 'support', 'run-stack.ts');
  const [command, ...words] = [
    ...wrapper,
    ...[process.execPath, '--import', 'tsx', script, project.directory, project.dataDirectory],
  ];
  const child = spawn(command!, words, { cwd: REPOSITORY, stdio: ['ignore', 'pipe', 'inherit'] });
  started.push(child);
  for await (const line of createInterface({ input: child.stdout! })) {
    return { process: child, said: JSON.parse(line) };
  }
  throw new Error('the stack said nothing');
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function allEnded(pids: readonly number[]): Promise<true> {
  return eventually(() => (pids.some(isRunning) ? null : true), 10_000);
}

function listens(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((done) => {
    const socket = connect(Number(port), hostname);
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });
}

async function withSql<T>(databaseUrl: string, use: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(databaseUrl, { max: 1 });
  try {
    return await use(sql);
  } finally {
    await sql.end();
  }
}

test('a stack can be killed and started again: its children end, its data stays, a second one beside it is told', async () => {
  const first = await start();
  expect(first.said.children).toHaveLength(2);
  await withSql(first.said.databaseUrl, (sql) => sql`insert into notes values ('kept')`);

  // Beside it, in another process and in this one.
  const second = await start();
  expect(second.said).toMatchObject({
    code: 'stack_already_running',
    details: { url: first.said.url, pid: first.process.pid },
  });
  expect(second.said.message).not.toContain('\n');
  await expect(
    startStack({
      projectDirectory: project.directory,
      dataDirectory: project.dataDirectory,
      fresh: true,
      log: () => {},
    }),
  ).rejects.toMatchObject({ code: 'stack_already_running' });
  expect(await listens(first.said.url)).toBe(true);

  // And where neither its processes nor Postgres's shared memory can be seen, as in another container.
  if (UNSHARED !== null) {
    const elsewhere = await startBy(UNSHARED);
    expect(elsewhere.said).toMatchObject({
      code: 'stack_already_running',
      message: expect.stringContaining(
        `already runs in another container or on another host (${hostname()},`,
      ),
    });
    expect(await withSql(first.said.databaseUrl, (sql) => sql`select text from notes`)).toHaveLength(1);
  }

  first.process.kill('SIGKILL');
  await allEnded(first.said.children);
  expect(await listens(first.said.url)).toBe(false);

  const third = await start();
  expect(third.said.code).toBeUndefined();
  const notes = await withSql(third.said.databaseUrl, (sql) => sql`select text from notes`);
  expect([...notes]).toEqual([{ text: 'kept' }]);
  expect((await fetch(`${third.said.url}/functions/v1/unknown`)).status).toBe(404);

  // SIGTERM: everything ends, in order, and nothing is left but the data.
  const exited = new Promise((done) => third.process.once('exit', done));
  third.process.kill('SIGTERM');
  expect(await exited).toBe(0);
  expect(third.said.children.filter(isRunning)).toEqual([]);
  expect(existsSync(join(project.dataDirectory, 'stack.lock'))).toBe(false);
});

test('a start that comes at once after a kill takes over what the watchdog has not ended yet', async () => {
  const killed = await start();
  killed.process.kill('SIGKILL');
  const next = await start();
  expect(next.said.code).toBeUndefined();
  await allEnded(killed.said.children);
  expect(next.said.children.every(isRunning)).toBe(true);
  next.process.kill('SIGTERM');
  await allEnded(next.said.children);
});

test('fresh empties the data directory, and secrets are for their owner only', async () => {
  const options = {
    projectDirectory: project.directory,
    dataDirectory: project.dataDirectory,
    port: 0,
    fsync: false,
    log: () => {},
  };
  const kept = await startStack(options);
  await kept.sql`insert into notes values ('to be lost')`;
  await kept.stop();
  await kept.stop();

  const fresh = await startStack({ ...options, fresh: true });
  try {
    expect(await fresh.sql`select text from notes`).toHaveLength(0);
    expect(fresh.secretKeys).not.toEqual(kept.secretKeys);
    for (const file of ['keys.json', 'stack.lock', 'postgres.log']) {
      expect(statSync(join(project.dataDirectory, file)).mode & 0o077, file).toBe(0);
    }
  } finally {
    await fresh.stop();
  }
  expect(readdirSync(project.dataDirectory)).not.toContain('stack.lock');
});

test.each([true, false])(
  'a directory that was never a data directory is left alone (fresh: %s)',
  async (fresh) => {
    const other = createFixtureProject({ 'precious.txt': 'precious' });
    chmodSync(other.directory, 0o755);
    const options = {
      projectDirectory: other.directory,
      dataDirectory: other.directory,
      fresh,
      log: () => {},
    };
    await expect(startStack(options)).rejects.toMatchObject({ code: 'data_directory_unusable' });
    expect(readdirSync(other.directory).sort()).toEqual(['node_modules', 'package.json', 'precious.txt']);
    expect(statSync(other.directory).mode & 0o777).toBe(0o755);
    other.remove();
  },
);

test('a start that fails leaves nothing running and the next one succeeds', async () => {
  const bad = 'supabase/migrations/20260102000000_bad.sql';
  project.write(bad, 'select no_such_column;');
  const failed = await start();
  expect(failed.said).toMatchObject({ code: 'migration_failed' });
  expect(existsSync(join(project.dataDirectory, 'stack.lock'))).toBe(false);
  project.write(bad, 'select 1;');
  const next = await start();
  expect(next.said.code).toBeUndefined();
  next.process.kill('SIGTERM');
  await allEnded(next.said.children);
});

test.runIf(process.getuid?.() === 0)(
  'as root, in a directory only root may pass, the database is elsewhere, found again and emptied with the rest',
  async () => {
    const hidden = createFixtureProject({});
    chmodSync(join(hidden.dataDirectory, '..'), 0o700);
    const options = {
      projectDirectory: hidden.directory,
      dataDirectory: hidden.dataDirectory,
      port: 0,
      fsync: false,
      log: () => {},
    };
    try {
      const first = await startStack(options);
      await first.sql`create table kept (x int)`;
      await first.stop();
      const home = readlinkSync(join(hidden.dataDirectory, 'postgres-home'));
      expect(existsSync(join(home, 'cluster', 'PG_VERSION'))).toBe(true);

      const second = await startStack(options);
      expect(await second.sql`select * from kept`).toHaveLength(0);
      await second.stop();

      const fresh = await startStack({ ...options, fresh: true });
      await expect(fresh.sql`select * from kept`).rejects.toMatchObject({ code: '42P01' });
      await fresh.stop();
    } finally {
      removeDataDirectory(openDataDirectory(hidden.dataDirectory));
      hidden.remove();
    }
  },
);

test.runIf(process.getuid?.() === 0)('a user without an entry in the user database is told so', async () => {
  const other = createFixtureProject({});
  const uid = 2_000_000_011;
  mkdirSync(other.dataDirectory);
  chownSync(other.dataDirectory, uid, uid);
  const script = join(import.meta.dirname, 'support', 'run-stack.ts');
  const { stdout } = spawnSync(
    process.execPath,
    ['--import', 'tsx', script, other.directory, other.dataDirectory],
    { cwd: REPOSITORY, encoding: 'utf8', uid, gid: uid },
  );
  expect(JSON.parse(stdout)).toMatchObject({
    code: 'postgres_failed',
    message: expect.stringMatching(/^User 2000000011 has no entry in the user database.*$/),
  });
  other.remove();
});

test('a port that is in use is passed over, or refused when it must be that one', async () => {
  const first = await startStack({
    projectDirectory: project.directory,
    dataDirectory: project.dataDirectory,
    port: 0,
    fsync: false,
    log: () => {},
  });
  const port = Number(new URL(first.url).port);
  const other = createFixtureProject({});
  const options = {
    projectDirectory: other.directory,
    dataDirectory: other.dataDirectory,
    port,
    fsync: false,
  };
  try {
    await expect(startStack({ ...options, strictPort: true, log: () => {} })).rejects.toMatchObject({
      code: 'port_in_use',
    });
    const second = await startStack({ ...options, log: () => {} });
    expect(Number(new URL(second.url).port)).toBeGreaterThan(port);
    await second.stop();

    // A fresh start that is refused has emptied nothing.
    const before = readdirSync(other.dataDirectory);
    const keys = readFileSync(join(other.dataDirectory, 'keys.json'), 'utf8');
    await expect(
      startStack({ ...options, strictPort: true, fresh: true, log: () => {} }),
    ).rejects.toMatchObject({ code: 'port_in_use' });
    expect(readdirSync(other.dataDirectory)).toEqual(before);
    expect(readFileSync(join(other.dataDirectory, 'keys.json'), 'utf8')).toBe(keys);
  } finally {
    await first.stop();
    other.remove();
  }
});
