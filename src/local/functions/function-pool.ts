import { existsSync, realpathSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectTo } from '../connect-to.ts';
import { publicJwks, type StackKeys } from '../keys.ts';
import type { StackLock } from '../processes/stack-lock.ts';
import { denoBinary } from './deno-binary.ts';
import type { FunctionDefinition } from './discover-functions.ts';
import { readEnvironmentFile } from './environment-file.ts';
import { FunctionInstance } from './function-instance.ts';

const CONNECT_ATTEMPTS = 20;

export interface FunctionPoolOptions {
  readonly definitions: readonly FunctionDefinition[];
  readonly projectDirectory: string;
  readonly cacheDirectory: string;
  /** Where the project answers: SUPABASE_URL. */
  readonly url: string;
  /** SUPABASE_DB_URL. */
  readonly databaseUrl: string;
  readonly keys: StackKeys;
  /** More environment; it wins over supabase/functions/.env, and neither over what the platform sets. */
  readonly environment: Readonly<Record<string, string>>;
  /** Processes per function. Default 1. */
  readonly instances: Readonly<Record<string, number>>;
  /** Hosts the functions may call, beside 127.0.0.1. */
  readonly network: readonly string[];
  /** How long a process that ends again and again stays down at most, in milliseconds. */
  readonly longestPause?: number;
  /** How long what was handed to `EdgeRuntime.waitUntil` may take, in milliseconds. */
  readonly wallClockLimit?: number;
  readonly lock: StackLock;
  readonly log: (line: string) => void;
}

/** The Edge Functions of a project, each in processes of its own. */
export class FunctionPool {
  readonly #functions: ReadonlyMap<
    string,
    { readonly definition: FunctionDefinition; readonly instances: readonly FunctionInstance[] }
  >;

  constructor(options: FunctionPoolOptions) {
    const { definitions, projectDirectory, keys } = options;
    const environment: Record<string, string> = {
      ...readEnvironmentFile(projectDirectory),
      ...options.environment,
      SUPABASE_URL: options.url,
      SUPABASE_DB_URL: options.databaseUrl,
      SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: keys.publishableKey }),
      SUPABASE_SECRET_KEYS: JSON.stringify(keys.secretKeys),
      SUPABASE_JWKS: JSON.stringify(publicJwks(keys)),
    };
    const deno = definitions.length === 0 ? '' : denoBinary(projectDirectory);
    const readable = [
      ...new Set([projectDirectory, realpathSync(projectDirectory), realModules(projectDirectory)]),
    ];
    this.#functions = new Map(
      definitions.map((definition) => {
        const count = options.instances[definition.name] ?? 1;
        const instances = Array.from({ length: count }, (_, index) => {
          const label = count === 1 ? definition.name : `${definition.name} ${index + 1}`;
          return new FunctionInstance({ ...options, definition, label, deno, readable, environment });
        });
        return [definition.name, { definition, instances }];
      }),
    );
  }

  /** The function of that name, or undefined. */
  definition(name: string): FunctionDefinition | undefined {
    return this.#functions.get(name)?.definition;
  }

  /**
   * Connects to the ready process with the fewest requests under way; null when none is ready after its start has settled.
   * A process that has just died is passed over: its successor is waited for. The request counts as under way from here on:
   * who gets the connection calls `release` on the instance when it is done.
   */
  async connect(name: string): Promise<{ instance: FunctionInstance; socket: Socket } | null> {
    const instances = this.#functions.get(name)?.instances ?? [];
    for (let attempt = 0; attempt < CONNECT_ATTEMPTS; attempt++) {
      if (instances.every((instance) => instance.port === null)) {
        await Promise.race(instances.map((instance) => instance.settled()));
      }
      const instance = leastBusy(instances);
      if (instance === null) return null;
      instance.active += 1;
      const socket = await connectTo(instance.port!);
      if (socket !== null) return { instance, socket };
      instance.release();
      // Its end is about to be noticed.
      await sleep(20);
    }
    return null;
  }

  /** The function's processes that take requests. */
  processIds(name: string): number[] {
    const instances = this.#functions.get(name)?.instances ?? [];
    return instances.flatMap((instance) => instance.processId ?? []);
  }

  /** Resolves when each process is ready or its first start has failed. */
  async settled(): Promise<void> {
    await Promise.all(this.#all().map((instance) => instance.settled()));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#all().map((instance) => instance.stop()));
  }

  #all(): FunctionInstance[] {
    return [...this.#functions.values()].flatMap(({ instances }) => instances);
  }
}

function leastBusy(instances: readonly FunctionInstance[]): FunctionInstance | null {
  let best: FunctionInstance | null = null;
  for (const instance of instances) {
    if (instance.port !== null && (best === null || instance.active < best.active)) best = instance;
  }
  return best;
}

function realModules(projectDirectory: string): string {
  const path = join(projectDirectory, 'node_modules');
  return existsSync(path) ? realpathSync(path) : path;
}
