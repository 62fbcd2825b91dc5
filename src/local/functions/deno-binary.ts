import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { StackStartError } from '../errors/stack-start-error.ts';

/**
 * The Deno of npm `deno`'s package for this machine: the executable itself, so that its process id is the one to end.
 *
 * @throws {StackStartError} `deno_missing`
 */
export function denoBinary(projectDirectory: string): string {
  const require = createRequire(join(projectDirectory, 'package.json'));
  const suffix = process.platform === 'linux' ? `-${libc()}` : '';
  const name = `@deno/${process.platform}-${process.arch}${suffix}`;
  try {
    // The platform package is a dependency of `deno`, and is looked up from there.
    const fromDeno = createRequire(require.resolve('deno/package.json'));
    const path = join(dirname(fromDeno.resolve(`${name}/package.json`)), 'deno');
    if (existsSync(path)) return path;
  } catch {
    // Not installed: told below.
  }
  throw new StackStartError(
    'deno_missing',
    `The npm package ${name} is not installed: run npm ci on this machine.`,
    {
      package: name,
    },
  );
}

/** Deno's npm packages exist for glibc only; on another libc the message names the package that is missing. */
function libc(): string {
  const report = process.report?.getReport() as { header?: { glibcVersionRuntime?: string } } | undefined;
  return report?.header?.glibcVersionRuntime === undefined ? 'musl' : 'glibc';
}
