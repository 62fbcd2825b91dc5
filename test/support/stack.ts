// A vitest globalSetup: starts the project's embedded Supabase once, on a temporary data directory, for all tests of its
// vitest project, and provides what they need to reach it: `inject('stack')`.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TestProject } from 'vitest/node';
import { openDataDirectory, removeDataDirectory } from '../../src/local/data-directory.ts';
import { startStack } from '../../src/local/stack.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    stack: {
      url: string;
      publishableKey: string;
      secretKey: string;
      cronKey: string;
      databaseUrl: string;
      /** Holds its keys. */
      dataDirectory: string;
    };
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'plumbline-test-'));
  const verbose = process.env.PLUMBLINE_TEST_LOG === '1';
  const stack = await startStack({
    projectDirectory: resolve(import.meta.dirname, '../..'),
    dataDirectory,
    port: 0,
    fsync: false,
    log: (line) => {
      if (verbose) process.stderr.write(`${line}\n`);
    },
  });
  project.provide('stack', {
    url: stack.url,
    publishableKey: stack.publishableKey,
    secretKey: stack.secretKeys.default,
    cronKey: stack.secretKeys.cron,
    databaseUrl: stack.databaseUrl,
    dataDirectory,
  });
  return async () => {
    await stack.stop();
    removeDataDirectory(openDataDirectory(dataDirectory));
  };
}
