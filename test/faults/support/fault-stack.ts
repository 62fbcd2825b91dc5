import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { openDataDirectory, removeDataDirectory } from '../../../src/local/data-directory.ts';
import { readKeys, type StackKeys } from '../../../src/local/keys.ts';
import { type Stack, type StackOptions, startStack } from '../../../src/local/stack.ts';

/** A stack of its own for tests that break things, on a temporary data directory. */
export interface FaultStack extends Stack {
  /** What the functions and the stack said, a line each. */
  readonly lines: readonly string[];
  /** Kills Postgres at once and resolves when it answers again; `sql` is then another pool. */
  crashPostgres(): Promise<void>;
  /** Everything secret of it. */
  readonly keys: StackKeys;
  readonly dataDirectory: string;
}

/** Starts one with the project's migrations and functions; `stop` also removes its data. */
export async function startFaultStack(options: Partial<StackOptions> = {}): Promise<FaultStack> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'plumbline-faults-'));
  const verbose = process.env.PLUMBLINE_TEST_LOG === '1';
  const lines: string[] = [];
  const stack = await startStack({
    projectDirectory: resolve(import.meta.dirname, '../../..'),
    dataDirectory,
    port: 0,
    fsync: false,
    netPause: 100,
    longestFunctionPause: 200,
    ...options,
    log: (line) => {
      lines.push(line);
      if (verbose) process.stderr.write(`${line}\n`);
    },
  });
  // The driver's pools do not always outlive the server they were connected to.
  const connect = () => postgres(stack.databaseUrl, { max: 4, onnotice: () => {}, connect_timeout: 2 });
  let sql = connect();
  const crashPostgres = async () => {
    const pid = stack.postgresProcessId;
    if (pid === null) return;
    const ended = sql.end({ timeout: 0 });
    process.kill(pid, 'SIGQUIT');
    await ended.catch(() => {});
    for (;;) {
      sql = connect();
      const isBack = await sql`select 1`.catch(() => null);
      if (isBack !== null && stack.postgresProcessId !== pid) return;
      await sql.end({ timeout: 0 }).catch(() => {});
      await sleep(50);
    }
  };
  return {
    ...stack,
    get sql() {
      return sql;
    },
    get postgresProcessId() {
      return stack.postgresProcessId;
    },
    crashPostgres,
    get childProcessIds() {
      return stack.childProcessIds;
    },
    lines,
    keys: readKeys(dataDirectory)!,
    dataDirectory,
    async stop() {
      await sql.end({ timeout: 2 }).catch(() => {});
      await stack.stop();
      removeDataDirectory(openDataDirectory(dataDirectory));
    },
  };
}
