import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { openDataDirectory } from '../../../local/data-directory.ts';

const testsSchema = z.object({ passed: z.int(), failed: z.int(), ran_at: z.string() });
/** Tests that were run: how many passed and failed, and when. */
export type TestResult = z.infer<typeof testsSchema>;

const healthSchema = z.object({
  captured_at: z.string(),
  timings: z.record(z.string(), z.object({ p95_ms: z.number(), n: z.number() })),
});
/** Durations of the monitoring queries before anything was changed. */
export type CapturedHealth = z.infer<typeof healthSchema>;

const functionsSchema = z.object({ commit: z.string(), variables: z.string(), deployed_at: z.string() });

/**
 * What a deploy must remember from one attempt to the next, in files below the data directory: `canary/`. `npm start -- --fresh`
 * removes them with the data.
 */
export class KeptResults {
  readonly #data: string;

  constructor(data: string) {
    this.#data = data;
  }

  /** Of the tests of a commit. */
  tests(commit: string): TestResult | null {
    return this.#read(`tests-${commit}`, testsSchema);
  }

  keepTests(commit: string, result: TestResult): void {
    this.#write(`tests-${commit}`, result);
  }

  /** Taken by an attempt that did not come to its rollout. */
  health(target: string, hashes: string): CapturedHealth | null {
    return this.#read(nameOf('health', target, hashes), healthSchema);
  }

  keepHealth(target: string, hashes: string, health: CapturedHealth): void {
    this.#write(nameOf('health', target, hashes), health);
  }

  forgetHealth(target: string, hashes: string): void {
    rmSync(this.#path(nameOf('health', target, hashes)), { force: true });
  }

  /** Whether this commit's functions, with these variables, were the last to be deployed. */
  hasDeployed(target: string, commit: string, variables: Readonly<Record<string, string>>): boolean {
    const kept = this.#read(nameOf('functions', target), functionsSchema);
    return kept !== null && kept.commit === commit && kept.variables === digest(variables);
  }

  keepDeployed(
    target: string,
    commit: string,
    variables: Readonly<Record<string, string>>,
    now: string,
  ): void {
    this.#write(nameOf('functions', target), { commit, variables: digest(variables), deployed_at: now });
  }

  #path(name: string): string {
    return join(this.#data, 'canary', `${name}.json`);
  }

  /** Null when it is not there, or not what it should be: then it is made again. */
  #read<Schema extends z.ZodType>(name: string, schema: Schema): z.output<Schema> | null {
    const path = this.#path(name);
    if (!existsSync(path)) return null;
    try {
      return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
    } catch {
      return null;
    }
  }

  #write(name: string, value: unknown): void {
    // Makes it a data directory if it is none yet, so that a stack takes it.
    openDataDirectory(this.#data);
    mkdirSync(join(this.#data, 'canary'), { recursive: true, mode: 0o700 });
    const path = this.#path(name);
    writeFileSync(`${path}.new`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  }
}

function nameOf(kind: string, ...parts: string[]): string {
  return `${kind}-${digest(parts)}`;
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
