import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { connectTo } from '../connect-to.ts';
import { freePort } from '../free-port.ts';
import { endChild, spawnTracked, type TrackedChild } from '../processes/child-process.ts';
import type { StackLock } from '../processes/stack-lock.ts';
import type { FunctionDefinition } from './discover-functions.ts';

const HOST_SCRIPT = fileURLToPath(new URL('./function-host.js', import.meta.url));

/** The hosted platform's memory per request, as a cap on the heap. */
const HEAP_MEGABYTES = 256;
/** How long an isolate lives on the platform's free plan, in milliseconds. */
const WALL_CLOCK_LIMIT = 150_000;
const READY_TIMEOUT = 30_000;
const FIRST_BACKOFF = 200;
const LONGEST_BACKOFF = 15_000;
/** A process that lived this long was healthy: the next failure starts over with the first backoff. */
const HEALTHY_AFTER = 10_000;
const SUSPICION = 100;
/** What a function gets to finish its background work when the stack ends. */
const STOP_GRACE = 2_000;

export interface FunctionInstanceOptions {
  readonly definition: FunctionDefinition;
  /** In log lines: the function's name, numbered if there are several. */
  readonly label: string;
  readonly deno: string;
  readonly projectDirectory: string;
  /** What Deno may read: the project and, if that is a link, what its node_modules point to. */
  readonly readable: readonly string[];
  /** Hosts the function may call, beside 127.0.0.1. */
  readonly network: readonly string[];
  /** The whole environment of the function, but for DENO_*. */
  readonly environment: Readonly<Record<string, string>>;
  /** Deno's cache of compiled modules. */
  readonly cacheDirectory: string;
  /** The longest pause before it is started again, in milliseconds. Default 15,000. */
  readonly longestPause?: number;
  /** How long what was handed to `EdgeRuntime.waitUntil` may take, in milliseconds. Default 150,000. */
  readonly wallClockLimit?: number;
  readonly lock: StackLock;
  readonly log: (line: string) => void;
}

/** One process of one Edge Function, started again whenever it ends. */
export class FunctionInstance {
  readonly #options: FunctionInstanceOptions;
  #child: TrackedChild | null = null;
  #port: number | null = null;
  #stopped = false;
  #backoff = FIRST_BACKOFF;
  #waiters: (() => void)[] = [];
  readonly #loop: Promise<void>;
  readonly #stopping = new AbortController();
  /** Requests under way. */
  active = 0;

  constructor(options: FunctionInstanceOptions) {
    this.#options = options;
    this.#loop = this.#keepRunning();
  }

  /** Where it listens, or null while it is not ready. */
  get port(): number | null {
    return this.#port;
  }

  /** Of the process that takes requests; null while there is none. */
  get processId(): number | null {
    return this.#port === null ? null : (this.#child?.process.pid ?? null);
  }

  /** Resolves when it is ready or the start under way has failed. */
  settled(): Promise<void> {
    if (this.#port !== null || this.#stopped) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  /**
   * A connection broke without an answer: mostly the process is about to end, and the system still takes connections for it.
   * It gets no request until it has lived on for a moment or its successor is ready.
   */
  suspect(): void {
    const port = this.#port;
    const child = this.#child;
    if (port === null) return;
    this.#port = null;
    sleep(SUSPICION, undefined, { signal: this.#stopping.signal })
      .then(() => {
        if (this.#child !== child || child?.process.exitCode !== null || child.process.signalCode !== null)
          return;
        this.#port = port;
        this.#settle();
      })
      .catch(() => {});
  }

  /** A request is no longer under way. */
  release(): void {
    this.active -= 1;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopping.abort();
    if (this.#child !== null) await endChild(this.#child, 'SIGTERM', STOP_GRACE);
    await this.#loop;
  }

  async #keepRunning(): Promise<void> {
    while (!this.#stopped) {
      const startedAt = Date.now();
      await this.#runOnce();
      if (this.#stopped) break;
      if (Date.now() - startedAt > HEALTHY_AFTER) this.#backoff = FIRST_BACKOFF;
      await sleep(this.#backoff, undefined, { signal: this.#stopping.signal }).catch(() => {});
      this.#backoff = Math.min(this.#backoff * 2, this.#options.longestPause ?? LONGEST_BACKOFF);
    }
    this.#settle();
  }

  async #runOnce(): Promise<void> {
    const { label, log } = this.#options;
    const port = await freePort();
    if (this.#stopped) return;
    const child = this.#launch(port);
    this.#child = child;
    this.#forwardOutput(child);
    let ended = false;
    child.exited.then(() => {
      ended = true;
      this.#port = null;
    });
    const deadline = Date.now() + READY_TIMEOUT;
    while (!ended && Date.now() < deadline) {
      const socket = await connectTo(port);
      if (socket !== null) {
        socket.destroy();
        break;
      }
      await sleep(10);
    }
    if (!ended && Date.now() < deadline) this.#port = port;
    else if (!ended) {
      log(`[${label}] does not listen after ${READY_TIMEOUT / 1000} s: ended`);
      child.process.kill('SIGKILL');
    }
    this.#settle();
    const { code, signal, error } = await child.exited;
    this.#port = null;
    this.#child = null;
    if (!this.#stopped)
      log(`[${label}] ended (${error?.message ?? signal ?? `exit code ${code}`}), starting again`);
  }

  #launch(port: number): TrackedChild {
    const {
      definition,
      deno,
      projectDirectory,
      readable,
      network,
      environment,
      cacheDirectory,
      lock,
      label,
    } = this.#options;
    return spawnTracked(
      lock,
      `function ${label}`,
      'SIGTERM',
      deno,
      [
        'run',
        '--quiet',
        '--cached-only',
        '--no-lock',
        '--no-prompt',
        '--node-modules-dir=manual',
        ...(definition.denoConfig === null ? ['--no-config'] : ['--config', definition.denoConfig]),
        `--v8-flags=--max-old-space-size=${HEAP_MEGABYTES}`,
        `--allow-net=${['127.0.0.1', ...network].join(',')}`,
        `--allow-read=${[...readable, dirname(HOST_SCRIPT)].join(',')}`,
        '--allow-env',
        '--allow-sys=osRelease,hostname,cpus',
        HOST_SCRIPT,
        pathToFileURL(definition.entrypoint).href,
        String(port),
        String(this.#options.wallClockLimit ?? WALL_CLOCK_LIMIT),
      ],
      {
        cwd: projectDirectory,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          ...environment,
          DENO_DIR: cacheDirectory,
          DENO_NO_UPDATE_CHECK: '1',
          NO_COLOR: '1',
          HOME: cacheDirectory,
          PATH: process.env.PATH,
        },
      },
    );
  }

  #forwardOutput(child: TrackedChild): void {
    const { label, log } = this.#options;
    for (const stream of [child.process.stdout, child.process.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => log(`[${label}] ${line}`));
    }
  }

  #settle(): void {
    for (const resolve of this.#waiters.splice(0)) resolve();
  }
}
