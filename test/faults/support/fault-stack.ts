import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openDataDirectory, removeDataDirectory } from '../../../src/local/data-directory.ts';
import { readKeys, type StackKeys } from '../../../src/local/keys.ts';
import { type Stack, type StackOptions, startStack } from '../../../src/local/stack.ts';

/** A stack of its own for tests that break things, on a temporary data directory. */
export interface FaultStack extends Stack {
  /** What the functions and the stack said, a line each. */
  readonly lines: readonly string[];
  /** Everything secret of it. */
  readonly keys: StackKeys;
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
    longestFunctionPause: 200,
    ...options,
    log: (line) => {
      lines.push(line);
      if (verbose) process.stderr.write(`${line}\n`);
    },
  });
  return {
    ...stack,
    get childProcessIds() {
      return stack.childProcessIds;
    },
    lines,
    keys: readKeys(dataDirectory)!,
    async stop() {
      await stack.stop();
      removeDataDirectory(openDataDirectory(dataDirectory));
    },
  };
}
