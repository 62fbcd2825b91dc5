import { join, resolve } from 'node:path';
import postgres from 'postgres';
import type { PlumblineError } from '../shared/errors/plumbline-error.ts';
import { oneLine } from '../shared/wording/one-line.ts';
import { SessionTokens } from './auth/session-tokens.ts';
import { readConfig } from './config.ts';
import { type DataDirectory, emptyDataDirectory, openDataDirectory } from './data-directory.ts';
import { DatabaseServices } from './database-services.ts';
import { diskFull, requireRoom, saysDiskFull, watchDisk } from './disk-space.ts';
import { StackAlreadyRunningError } from './errors/stack-already-running-error.ts';
import { StackStartError } from './errors/stack-start-error.ts';
import { discoverFunctions } from './functions/discover-functions.ts';
import { FunctionPool } from './functions/function-pool.ts';
import { openGateway } from './gateway/gateway.ts';
import { createKeys, readKeys, type StackKeys } from './keys.ts';
import { applyMigrations } from './migrations.ts';
import { isInitialised, startCluster } from './postgres/cluster.ts';
import type { DistributionSource } from './postgres/distribution.ts';
import { embeddedPostgres } from './postgres/install.ts';
import { surviveDriverFault } from './postgres/survive-driver-fault.ts';
import { StackLock } from './processes/stack-lock.ts';
import { startWatchdog } from './processes/start-watchdog.ts';
import { applySeeds } from './seeds.ts';
import { writeVaultSecrets } from './vault-secrets.ts';

export interface StackOptions {
  /** Holds `supabase/` and `node_modules/`. */
  readonly projectDirectory: string;
  /** Holds the database, the keys and the logs; created if need be. One stack at a time. */
  readonly dataDirectory: string;
  /** The gateway's port; without `strictPort` the first free one from there; 0 takes any. Default 54321. */
  readonly port?: number;
  /** Fail when the port is in use. Default false. */
  readonly strictPort?: boolean;
  /** Empty the data directory first. Default false. */
  readonly fresh?: boolean;
  /** More environment for the functions and for `env(NAME)` in config.toml. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Gets a line at a time, by oneLine: what functions print, prefixed by their name, and what the stack has to say. */
  readonly log: (line: string) => void;
  /** Processes per function, by its name. Default 1 each. */
  readonly functionInstances?: Readonly<Record<string, number>>;
  /** Hosts functions may call, beside 127.0.0.1 (`api.example.com`, `api.example.com:443`). Default none. */
  readonly functionNetwork?: readonly string[];
  /** How long a function may take to begin its answer, in milliseconds. Default 150,000, as hosted. */
  readonly functionTimeout?: number;
  /** How long a function may go on in the background (`EdgeRuntime.waitUntil`), in milliseconds. Default 150,000, as on the free plan. */
  readonly functionWallClock?: number;
  /** Milliseconds that pg_net's stand-in pauses between two batches. Default 1,000, as pg_net. */
  readonly netPause?: number;
  /** The Postgres to run. Default the npm package's, with stand-ins for the extensions that it has not. */
  readonly postgres?: DistributionSource;
  /** How long a function that ends again and again stays down at most, in milliseconds. Default 15,000. */
  readonly longestFunctionPause?: number;
  /** False: faster, and a crash of the machine may lose data. For tests. Default true. */
  readonly fsync?: boolean;
}

/** A running Supabase. */
export interface Stack {
  /** `http://127.0.0.1:PORT`, what supabase-js takes. */
  readonly url: string;
  /** Role postgres. */
  readonly databaseUrl: string;
  readonly publishableKey: string;
  readonly secretKeys: { readonly default: string; readonly cron: string };
  /** Connections of role postgres, which owns what the migrations make. */
  readonly sql: postgres.Sql;
  /** The process ids of the stack's children. */
  readonly childProcessIds: readonly number[];
  /** The ids of a function's processes that take requests. */
  functionProcessIds(name: string): readonly number[];
  /** The id of Postgres's first process; null between its end and its next start. */
  readonly postgresProcessId: number | null;
  /** Resolves when the stack cannot go on and stops by itself, with the reason. */
  readonly failed: Promise<PlumblineError>;
  /** Ends everything, in about 15 s at the very most and normally well below one. A second call waits for the first. */
  stop(): Promise<void>;
}

const DEFAULT_PORT = 54_321;

/**
 * Starts a Supabase for a project: Postgres with its migrations, seeds and Vault secrets, the Data API and Auth, the Edge
 * Functions, cron and pg_net, behind one port. The caller handles signals and calls `stop`.
 *
 * @throws {StackAlreadyRunningError} when a stack already runs on the data directory
 * @throws {StackStartError} when machine, directory, port or config.toml do not allow it
 * @throws {MigrationError} when the migrations and the database do not fit together
 * @throws {DiskFullError} when there is no room, also when that shows only on the way
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  requireRoom(options.dataDirectory);
  try {
    return await start({ ...options, log: (line) => options.log(oneLine(line, Number.POSITIVE_INFINITY)) });
  } catch (error) {
    if (error instanceof StackAlreadyRunningError) throw error;
    throw diskFull(options.dataDirectory, error) ?? error;
  }
}

async function start(options: StackOptions): Promise<Stack> {
  const { log } = options;
  const projectDirectory = resolve(options.projectDirectory);
  const config = readConfig(projectDirectory);
  const directory = openDataDirectory(options.dataDirectory);
  requireRoom(directory.postgresHome);
  const lock = await StackLock.acquire(directory.path);

  // What has been started, ended in the opposite order by stop() or when the start fails.
  const undo: (() => void | Promise<void>)[] = [() => lock.release()];
  let stopping: Promise<void> | null = null;
  const stop = () => {
    stopping ??= (async () => {
      for (const end of undo.reverse()) {
        try {
          await end();
        } catch (error) {
          log(`stop: ${(error as Error).message}`);
        }
      }
    })();
    return stopping;
  };

  // Until the stack is up, what fails for want of room fails the start.
  let isUp = false;
  let fail: (error: PlumblineError) => void = () => {};
  const failed = new Promise<PlumblineError>((resolve) => {
    fail = (error) => {
      if (!isUp || stopping !== null) return;
      resolve(error);
      stop();
    };
  });
  /** Whether that was it. */
  const stopIfFull = (error?: unknown): boolean => {
    const full = diskFull(directory.postgresHome, error);
    if (full !== null) fail(full);
    return full !== null;
  };

  try {
    undo.push(startWatchdog(lock));
    lock.onWriteError = (error) => {
      if (!stopIfFull(error)) log(`stack: ${error.message}`);
    };
    // Before anything is emptied: a port in use must not cost the data.
    const gateway = await openGateway({
      port: options.port ?? DEFAULT_PORT,
      strictPort: options.strictPort ?? false,
      functionTimeout: options.functionTimeout,
      log,
    });
    undo.push(() => gateway.close(1_000));

    if (options.fresh === true) emptyDataDirectory(directory);
    const keys = await keysOf(directory);
    lock.publish(gateway.url);

    let services = null as DatabaseServices | null;
    const distribution =
      options.postgres?.(directory.postgresHome) ??
      embeddedPostgres(projectDirectory, directory.postgresHome);
    const cluster = await startCluster({
      distribution,
      home: directory.postgresHome,
      user: directory.postgresUser,
      passwords: keys.databasePasswords,
      fsync: options.fsync,
      lock,
      supervisor: {
        ended(said) {
          services?.lose();
          if (!stopIfFull({ message: said })) log('postgres: ended unexpectedly, starting again');
        },
        back() {
          log('postgres: is back');
          services?.reopen().catch((error: Error) => log(`postgres: ${error.message}`));
        },
      },
    });
    undo.push(() => cluster.stop());
    cluster.exited.then(() => {
      if (stopping === null) log('postgres: does not start any more; stop and start again');
    });
    undo.push(surviveDriverFault());

    const databaseUrl = cluster.url('postgres');
    const environment = options.environment ?? {};
    const functions = new FunctionPool({
      definitions: discoverFunctions(projectDirectory, config),
      projectDirectory,
      cacheDirectory: join(directory.path, 'deno'),
      url: gateway.url,
      databaseUrl,
      keys,
      environment,
      instances: options.functionInstances ?? {},
      network: options.functionNetwork ?? [],
      longestPause: options.longestFunctionPause,
      wallClockLimit: options.functionWallClock,
      lock,
      log,
    });
    undo.push(() => functions.stop());

    await migrate(databaseUrl, projectDirectory, log);
    const sql = postgres(databaseUrl, { onnotice: () => {} });
    undo.push(() => sql.end({ timeout: 2 }));
    for (const file of await applySeeds(sql, projectDirectory, config)) log(`seeds: ran ${file}`);
    await writeVaultSecrets(
      sql,
      config,
      { PLUMBLINE_PROJECT_URL: gateway.url, PLUMBLINE_CRON_SECRET_KEY: keys.secretKeys.cron },
      { ...process.env, ...environment },
      log,
    );

    const tokens = new SessionTokens(keys, () => `${gateway.url}/auth/v1`);
    services = await DatabaseServices.open({
      urls: { postgres: databaseUrl, supabase_admin: cluster.url('supabase_admin') },
      keys,
      tokens,
      config,
      standsInForCron: !distribution.runsCronJobs,
      netPause: options.netPause,
      onDatabaseError: (error) => {
        if (saysDiskFull(error)) stopIfFull(error);
      },
      log,
    });
    const { dataApi } = services;
    undo.push(() => services?.close());
    await functions.settled();
    gateway.serve({ dataApi, functions, tokens });
    // Again, so that requests end before what answers them does.
    undo.push(() => gateway.close(1_000));
    await services.startWorkers();
    undo.push(() => services?.stopWorkers());
    isUp = true;
    undo.push(watchDisk([...new Set([directory.path, directory.postgresHome])], fail));

    return {
      url: gateway.url,
      databaseUrl,
      publishableKey: keys.publishableKey,
      secretKeys: keys.secretKeys,
      sql,
      get childProcessIds() {
        return lock.children.map((child) => child.pid);
      },
      functionProcessIds: (name) => functions.processIds(name),
      get postgresProcessId() {
        return lock.children.find(({ name }) => name === 'postgres')?.pid ?? null;
      },
      failed,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** On a connection of its own: what migrations set for the database holds for those opened afterwards. */
async function migrate(databaseUrl: string, projectDirectory: string, log: StackOptions['log']) {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  try {
    for (const file of await applyMigrations(sql, projectDirectory)) log(`migrations: applied ${file}`);
  } finally {
    await sql.end({ timeout: 2 });
  }
}

/** The directory's keys; new ones only for a new database, which nothing else could open. */
async function keysOf(directory: DataDirectory): Promise<StackKeys> {
  const keys = readKeys(directory.path);
  if (keys !== null) return keys;
  if (isInitialised(directory.postgresHome)) {
    throw new StackStartError(
      'data_directory_unusable',
      `${directory.path} has a database but no keys.json to open it with: restore the file, or start with --fresh`,
      { dataDirectory: directory.path },
    );
  }
  return createKeys(directory.path);
}
