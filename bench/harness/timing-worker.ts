import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A worker's answer to one request. */
export interface Timing {
  /** Mean wall-clock seconds of one call. */
  readonly seconds: number;
  readonly calls: number;
  /** What the last call found, by quantity: what a peer finds for the same problem is the same. */
  readonly found: Readonly<Record<string, number>>;
}

/** What a worker says of itself when it is ready. */
export interface WorkerGreeting {
  readonly version: string;
  /** The names of the cases that it can time. */
  readonly cases: readonly string[];
  /** Nanoseconds per step of the calibration loop: x = 3.7 x (1 - x). */
  readonly calibration_ns: number;
}

/**
 * A process that lives as long as the bench and times cases inside its own language, so that neither start-up nor imports
 * count.
 *
 * It writes a greeting, then reads lines `CASE SECONDS` (call the case again and again, for at least this long) and answers
 * each with a {@link Timing}; one JSON document a line.
 */
export class TimingWorker {
  readonly name: string;
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  #errors = '';

  constructor(name: string, command: string, args: readonly string[]) {
    this.name = name;
    this.#process = spawn(command, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      // The problems are small: threads of a linear algebra library would only get in one another's way.
      env: {
        ...process.env,
        OMP_NUM_THREADS: '1',
        OPENBLAS_NUM_THREADS: '1',
        MKL_NUM_THREADS: '1',
        BLIS_NUM_THREADS: '1',
        // No compiled Python beside the scripts.
        PYTHONDONTWRITEBYTECODE: '1',
      },
    });
    this.#process.stderr!.on('data', (chunk) => {
      this.#errors = (this.#errors + String(chunk)).slice(-2000);
    });
    // A command that cannot be started has no output; `#answer` then says so.
    this.#process.on('error', (error) => {
      this.#errors += error.message;
    });
    this.#process.stdin!.on('error', () => {});
    this.#lines = createInterface({ input: this.#process.stdout! })[Symbol.asyncIterator]();
  }

  /** @throws Error when the worker ends instead, with the end of what it wrote to standard error */
  greeting(): Promise<WorkerGreeting> {
    return this.#answer<WorkerGreeting>();
  }

  /** Times one case. @throws Error when the worker ends instead */
  time(name: string, seconds: number): Promise<Timing> {
    this.#process.stdin!.write(`${name} ${seconds}\n`);
    return this.#answer<Timing>();
  }

  /** Ends the process. */
  end(): void {
    this.#process.stdin!.end();
    this.#process.kill();
  }

  async #answer<T>(): Promise<T> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error(`${this.name} ended: ${this.#errors.trim() || 'it wrote nothing'}`);
    return JSON.parse(value) as T;
  }
}
