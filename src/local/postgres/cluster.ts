import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { getAuthSchemaSql } from '@supabase/lite';
import postgres from 'postgres';
import type { OperatingSystemUser } from '../data-directory.ts';
import { StackStartError } from '../errors/stack-start-error.ts';
import { freePort } from '../free-port.ts';
import type { StackKeys } from '../keys.ts';
import { endChild, spawnTracked, type TrackedChild } from '../processes/child-process.ts';
import { endProcesses } from '../processes/end-processes.mjs';
import { processCommand, processStartTime } from '../processes/process-identity.mjs';
import type { StackLock } from '../processes/stack-lock.ts';
import type { PostgresDistribution } from './distribution.ts';
import { execute } from './execute.ts';

/** A role with a password: the bootstrap superuser, the owner of the database, and the one that becomes the API roles. */
export type LoginRole = 'supabase_admin' | 'postgres' | 'authenticator';

export interface ClusterOptions {
  readonly distribution: PostgresDistribution;
  /** Where the cluster and its log live; PGDATA is `<home>/cluster`. */
  readonly home: string;
  /** Who Postgres runs as when this process is root. */
  readonly user: OperatingSystemUser | null;
  readonly passwords: StackKeys['databasePasswords'];
  /** Tried first; another free one is taken when it is in use. */
  readonly port?: number;
  /** False loses data when the machine crashes, and is faster: for tests only. Default true. */
  readonly fsync?: boolean;
  /** Records the process, so that it is ended when this one dies, and is held by it. Null: neither. */
  readonly lock: StackLock | null;
  /**
   * Told when the server ended unasked, with what it wrote to its log, and when it answers again, on the same port. Default: it is
   * not started again.
   */
  readonly supervisor?: { ended(said: string): void; back(): void };
}

/** A running Postgres. */
export interface Cluster {
  readonly port: number;
  /** A connection URL for the database `postgres`; `sslmode=disable`, because it listens on 127.0.0.1 without TLS. */
  url(role: LoginRole): string;
  /** Resolves when the server ended for good, whether asked or not. */
  readonly exited: Promise<unknown>;
  /** Fast shutdown; resolves when the server has ended, in 10 s at most. */
  stop(): Promise<void>;
}

const START_TIMEOUT = 60_000;
/** Before a server that ended unasked is started again; it doubles from start to start in vain, up to the longest. */
const RESTART_PAUSE = 300;
const LONGEST_RESTART_PAUSE = 5_000;
/**
 * Starts in vain, one after the other, after which it is left alone: three quarters of a minute. Postgres does not start while a
 * process of the server that was killed is still at its statement.
 */
const RESTARTS_IN_VAIN = 12;

/**
 * Initialises the cluster unless that was done, and starts it on 127.0.0.1.
 *
 * @throws {StackStartError} `postgres_failed` with the end of the log
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const data = join(options.home, 'cluster');
  const initialised = isInitialised(options.home);
  if (!initialised) {
    // Whatever is there was left by an initialisation that did not finish.
    rmSync(data, { recursive: true, force: true });
    await initialise(options, data);
  }
  await clearLeftServer(data);
  const cluster = await startServer(options, data);
  if (!initialised) {
    try {
      await bootstrap(cluster, options);
      writeFileSync(markerOf(options.home), `${readFileSync(join(data, 'PG_VERSION'), 'utf8').trim()}\n`);
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }
  return cluster;
}

/** Whether the cluster under `home` was initialised to the end. */
export function isInitialised(home: string): boolean {
  return existsSync(markerOf(home));
}

function markerOf(home: string): string {
  return join(home, 'cluster.initialised');
}

/**
 * Ends a server of this very cluster that outlived its stack, and removes the file it leaves when it was killed: Postgres
 * would refuse to start if another process has that id by now.
 */
async function clearLeftServer(data: string): Promise<void> {
  const file = join(data, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  if (processCommand(pid)?.includes(` -D ${data} `)) {
    await endProcesses([{ pid, startTime: processStartTime(pid), signal: 'SIGINT' }], 10_000);
  }
  rmSync(file, { force: true });
}

async function initialise(options: ClusterOptions, data: string): Promise<void> {
  const { home, distribution, user, passwords, lock } = options;
  const passwordFile = join(home, 'initial-password');
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(passwordFile, passwords.supabase_admin, { mode: 0o600 });
  if (user !== null) {
    chownSync(data, user.uid, user.gid);
    chownSync(passwordFile, user.uid, user.gid);
  }
  try {
    await execute(
      join(distribution.install, 'bin', 'initdb'),
      [
        `--pgdata=${data}`,
        '--username=supabase_admin',
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        ...distribution.localeOptions,
        '--no-sync',
      ],
      {
        cwd: home,
        env: serverEnvironment(),
        stdio: ['pipe', 'pipe', 'pipe', ...inherited(lock)],
        ...(user ?? {}),
      },
    );
  } catch (error) {
    const { message } = error as Error;
    if (/could not look up effective user ID/.test(message)) {
      const id = user?.uid ?? process.geteuid?.();
      throw new StackStartError(
        'postgres_failed',
        `User ${id} has no entry in the user database, which Postgres needs: add one (a line for ${id} in /etc/passwd), or ` +
          'start as a user that has one',
        { home },
      );
    }
    throw new StackStartError('postgres_failed', `Postgres cannot be set up, initdb failed: ${message}`, {
      home,
    });
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

async function startServer(options: ClusterOptions, data: string): Promise<Cluster> {
  const logFile = join(options.home, 'postgres.log');
  let port = options.port ?? (await freePort());
  for (let attempt = 1; ; attempt++) {
    let logStart = sizeOf(logFile);
    const child = launch(options, data, port, logFile);
    const url = (role: LoginRole) =>
      `postgresql://${role}:${options.passwords[role]}@127.0.0.1:${port}/postgres?sslmode=disable`;
    if (await isReady(child, url('supabase_admin'))) {
      const isBack = (next: TrackedChild) => isReady(next, url('supabase_admin'));
      const startAgain = () => {
        logStart = sizeOf(logFile);
        return launch(options, data, port, logFile);
      };
      const said = () => readFrom(logFile, logStart);
      return { port, url, ...keepRunning(child, startAgain, isBack, said, options.supervisor) };
    }
    await endChild(child, 'SIGQUIT', 5_000);
    const said = readFrom(logFile, logStart);
    if (attempt < 5 && /could not bind|could not create any TCP/.test(said)) {
      port = await freePort();
      continue;
    }
    throw new StackStartError(
      'postgres_failed',
      `Postgres did not start. It said:\n${said.slice(-2_000).trim()}`,
      {
        log: logFile,
      },
    );
  }
}

/** Starts a server that ended unasked again, if there is somebody to tell. */
function keepRunning(
  first: TrackedChild,
  startAgain: () => TrackedChild,
  isBack: (child: TrackedChild) => Promise<boolean>,
  said: () => string,
  supervisor: ClusterOptions['supervisor'],
): Pick<Cluster, 'exited' | 'stop'> {
  let child = first;
  let stopping = false;
  const stopped = new AbortController();
  const supervise = async (): Promise<void> => {
    let inVain = 0;
    for (;;) {
      await child.exited;
      if (stopping || supervisor === undefined) return;
      if (inVain === 0) supervisor.ended(said());
      if (inVain === RESTARTS_IN_VAIN) return;
      const pause = Math.min(RESTART_PAUSE * 2 ** inVain, LONGEST_RESTART_PAUSE);
      await sleep(pause, undefined, { signal: stopped.signal }).catch(() => {});
      if (stopping) return;
      try {
        child = startAgain();
      } catch {
        // The log cannot be opened: no room, or no descriptors.
        inVain += 1;
        continue;
      }
      if (await isBack(child)) {
        inVain = 0;
        supervisor.back();
      } else {
        inVain += 1;
        await endChild(child, 'SIGQUIT', 5_000);
      }
    }
  };
  const exited = supervise();
  return {
    exited,
    async stop() {
      stopping = true;
      stopped.abort();
      // SIGINT is Postgres's fast shutdown: it rolls back what runs and ends.
      await endChild(child, 'SIGINT', 10_000);
      await exited;
    },
  };
}

function launch(options: ClusterOptions, data: string, port: number, logFile: string): TrackedChild {
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '100',
    shared_preload_libraries: 'pg_stat_statements',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Hosted's: a double precision loses its last digits, unless the database's own setting says otherwise.
    extra_float_digits: '0',
    log_min_messages: 'warning',
    // Failing statements are reported to whoever sent them; repeated here they could spell out a secret.
    log_min_error_statement: 'panic',
    ...(options.fsync === false
      ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }
      : undefined),
    ...options.distribution.settings,
  };
  const log = openSync(logFile, sizeOf(logFile) > 10_000_000 ? 'w' : 'a', 0o600);
  try {
    return spawnTracked(
      options.lock,
      'postgres',
      'SIGINT',
      join(options.distribution.install, 'bin', 'postgres'),
      ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      {
        cwd: options.home,
        env: serverEnvironment(),
        // Its processes hold the directory's lock until the last of them has ended.
        stdio: ['ignore', log, log, ...inherited(options.lock)],
        ...(options.user ?? {}),
      },
    );
  } finally {
    closeSync(log);
  }
}

function inherited(lock: StackLock | null): number[] {
  return lock === null ? [] : [lock.descriptor];
}

/** Waits until the server answers a query; false when it ended first or takes too long. */
async function isReady(child: TrackedChild, url: string): Promise<boolean> {
  let ended = false;
  child.exited.then(() => {
    ended = true;
  });
  const deadline = Date.now() + START_TIMEOUT;
  while (!ended && Date.now() < deadline) {
    if (await answersQuery(url)) return !ended;
    await sleep(20);
  }
  return false;
}

/** A server listens before it takes connections, for longer when it recovers from a crash: only a query tells. */
async function answersQuery(url: string): Promise<boolean> {
  const sql = postgres(url, { max: 1, connect_timeout: 2, onnotice: () => {} });
  try {
    await sql`select 1`;
    return true;
  } catch {
    return false;
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** Roles, schemas, extensions and the Auth server's tables, in one transaction, then the passwords. */
async function bootstrap(cluster: Cluster, { passwords, distribution }: ClusterOptions): Promise<void> {
  const script = readFileSync(new URL('./bootstrap.sql', import.meta.url), 'utf8');
  const sql = postgres(cluster.url('supabase_admin'), { max: 1, onnotice: () => {} });
  try {
    await sql.begin(async (transaction) => {
      await transaction.unsafe(script);
      if (distribution.bootstrap !== '') await transaction.unsafe(distribution.bootstrap);
      await transaction.unsafe('set local role supabase_auth_admin');
      await transaction.unsafe(getAuthSchemaSql());
      await transaction.unsafe('reset role');
      await transaction.unsafe(`
        grant all on all tables in schema auth to postgres;
        grant all on all sequences in schema auth to postgres;
        grant all on all functions in schema auth to postgres;
      `);
      for (const role of ['postgres', 'authenticator'] as const) {
        // A utility statement takes no parameters; the password is base64url, made by keys.ts.
        await transaction.unsafe(`alter role ${role} password '${passwords[role]}'`);
      }
    });
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** Nothing of this process's environment but what a server needs: PG* variables would change it. */
function serverEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, LANG: 'C', LC_ALL: 'C', TZ: 'UTC' };
}

function sizeOf(path: string): number {
  return existsSync(path) ? statSync(path).size : 0;
}

function readFrom(path: string, offset: number): string {
  return existsSync(path) ? readFileSync(path).subarray(offset).toString('utf8') : '';
}
