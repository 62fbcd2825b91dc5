// An embedded Supabase for each test file of a project whose setup file is `start-own-stack.ts`: its own, so that whatever it does
// reaches no other.
import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { openDataDirectory, removeDataDirectory } from '../../src/local/data-directory.ts';
import { startStack } from '../../src/local/stack.ts';
import { copyProjectData, REPOSITORY } from './project-data.ts';
import { type ProviderServer, startProviderServer } from './provider-server.ts';

/** Planted, to be looked for where they must not be. */
const PROVIDER_KEYS = {
  ALPACA_KEY_ID: 'PKPLANTEDINTHESTACK1',
  ALPACA_SECRET_KEY: 'planted-stack-secret-5f2b8c1e9a7d',
  TIINGO_TOKEN: 'planted-stack-token-d41c7be09f36',
};

/** What reaches the stack, and what it was told. */
export interface OwnStack {
  readonly url: string;
  readonly publishableKey: string;
  readonly secretKey: string;
  readonly cronKey: string;
  readonly databaseUrl: string;
  /** Alpaca and Tiingo, as its functions know them: 503 until a test prepares answers. */
  readonly provider: ProviderServer;
  /** The keys that the functions have for them. */
  readonly providerKeys: typeof PROVIDER_KEYS;
  /** Every line that the stack and its functions logged. */
  readonly logFile: string;
  /** Holds its keys. */
  readonly dataDirectory: string;
}

/** The stack of the test file that runs. */
export let stack: OwnStack;

/** Starts it. @returns what ends it and removes its data */
export async function startOwnStack(): Promise<() => Promise<void>> {
  const dataDirectory = await copyProjectData();
  const verbose = process.env.PLUMBLINE_TEST_LOG === '1';
  const logFile = `${dataDirectory}.log`;
  writeFileSync(logFile, '');
  const provider = await startProviderServer();
  const started = await startStack({
    projectDirectory: REPOSITORY,
    dataDirectory,
    port: 0,
    fsync: false,
    netPause: 100,
    environment: {
      ...PROVIDER_KEYS,
      ...{ ALPACA_BASE_URL: provider.url, TIINGO_BASE_URL: provider.url, CBOE_BASE_URL: provider.url },
    },
    log: (line) => {
      appendFileSync(logFile, `${line}\n`);
      if (verbose) process.stderr.write(`${line}\n`);
    },
  });
  stack = {
    url: started.url,
    publishableKey: started.publishableKey,
    secretKey: started.secretKeys.default,
    cronKey: started.secretKeys.cron,
    databaseUrl: started.databaseUrl,
    provider,
    providerKeys: PROVIDER_KEYS,
    logFile,
    dataDirectory,
  };
  return async () => {
    await started.stop();
    await provider.stop();
    rmSync(logFile, { force: true });
    removeDataDirectory(openDataDirectory(dataDirectory));
  };
}
