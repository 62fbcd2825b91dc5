import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { StackStartError } from '../errors/stack-start-error.ts';

/** Names another Deno than the project's, by the path of its executable: for trying the version that the platform embeds. */
const CHOSEN = 'PLUMBLINE_DENO';

/**
 * The Deno of npm `deno`'s package for this machine: the executable itself, so that its process id is the one to end. The variable
 * `PLUMBLINE_DENO` of this process chooses another.
 *
 * @throws {StackStartError} `deno_missing`
 */
export function denoBinary(projectDirectory: string): string {
  const chosen = process.env[CHOSEN];
  if (chosen) {
    if (existsSync(chosen)) return chosen;
    throw new StackStartError(
      'deno_missing',
      `${CHOSEN} is ${chosen}, where there is no file: name Deno's executable, or unset it`,
    );
  }
  const platform = `${process.platform}-${process.arch}`;
  // npm installs the one that fits this machine.
  const names = process.platform === 'linux' ? [`${platform}-glibc`, `${platform}-musl`] : [platform];
  for (const name of names) {
    const path = find(projectDirectory, `@deno/${name}`);
    if (path !== null) return path;
  }
  throw new StackStartError(
    'deno_missing',
    `Deno is not installed for ${platform}: run npm ci on this machine`,
    {
      packages: names.map((name) => `@deno/${name}`),
    },
  );
}

function find(projectDirectory: string, name: string): string | null {
  try {
    const require = createRequire(join(projectDirectory, 'package.json'));
    // The platform's package is a dependency of `deno`, and is looked up from there.
    const fromDeno = createRequire(require.resolve('deno/package.json'));
    const path = join(dirname(fromDeno.resolve(`${name}/package.json`)), 'deno');
    return existsSync(path) ? path : null;
  } catch {
    return null;
  }
}
