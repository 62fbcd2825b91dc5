// A vitest globalSetup: starts the project's embedded Supabase once, on a temporary data directory, for all tests of its
// vitest project, and provides what they need to reach it: `inject('stack')`.
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TestProject } from 'vitest/node';
import { openDataDirectory, removeDataDirectory } from '../../src/local/data-directory.ts';
import { startStack } from '../../src/local/stack.ts';
import { startForwardingServer } from './forwarding-server.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    stack: {
      url: string;
      publishableKey: string;
      secretKey: string;
      cronKey: string;
      databaseUrl: string;
      /** Where the functions find Alpaca and Tiingo: see `forwardTo`. */
      providersUrl: string;
      /** The keys that the functions have for them. */
      providerKeys: Record<string, string>;
      /** Every line that the stack and its functions logged. */
      logFile: string;
      /** Holds its keys. */
      dataDirectory: string;
    };
  }
}

/** Planted, to be looked for where they must not be. */
const PROVIDER_KEYS = {
  ALPACA_KEY_ID: 'PKPLANTEDINTHESTACK1',
  ALPACA_SECRET_KEY: 'planted-stack-secret-5f2b8c1e9a7d',
  TIINGO_TOKEN: 'planted-stack-token-d41c7be09f36',
};

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'plumbline-test-'));
  const verbose = process.env.PLUMBLINE_TEST_LOG === '1';
  const logFile = `${dataDirectory}.log`;
  writeFileSync(logFile, '');
  const providers = await startForwardingServer();
  const stack = await startStack({
    projectDirectory: resolve(import.meta.dirname, '../..'),
    dataDirectory,
    port: 0,
    fsync: false,
    environment: { ...PROVIDER_KEYS, ALPACA_BASE_URL: providers.url, TIINGO_BASE_URL: providers.url },
    log: (line) => {
      appendFileSync(logFile, `${line}\n`);
      if (verbose) process.stderr.write(`${line}\n`);
    },
  });
  project.provide('stack', {
    url: stack.url,
    publishableKey: stack.publishableKey,
    secretKey: stack.secretKeys.default,
    cronKey: stack.secretKeys.cron,
    databaseUrl: stack.databaseUrl,
    providersUrl: providers.url,
    providerKeys: PROVIDER_KEYS,
    logFile,
    dataDirectory,
  });
  return async () => {
    await stack.stop();
    await providers.stop();
    rmSync(logFile, { force: true });
    removeDataDirectory(openDataDirectory(dataDirectory));
  };
}
