// Installs the dependencies when they are missing, half installed or older than the lock file. Run by `npm start` and
// `npm test` before anything else, so it needs nothing but Node, and an old one suffices to say that it is too old.
//
// npm writes node_modules/.package-lock.json as the last step of an install: without it, an install did not finish.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OLDEST_NODE = 20;
const project = dirname(dirname(fileURLToPath(import.meta.url)));
const lockFile = join(project, 'package-lock.json');
const modules = join(project, 'node_modules');
const installed = join(modules, '.package-lock.json');

// To standard error: standard output belongs to the command that follows.
function say(line) {
  process.stderr.write(`${line}\n`);
}

function whyInstall() {
  if (!existsSync(modules)) return 'node_modules is missing';
  if (!existsSync(installed)) return 'the last install did not finish';
  if (statSync(installed).mtimeMs < statSync(lockFile).mtimeMs) return 'package-lock.json is newer';
  return null;
}

const major = Number(process.versions.node.split('.')[0]);
if (major < OLDEST_NODE) {
  say(
    `Plumbline needs Node ${OLDEST_NODE} or newer, this is ${process.versions.node}: see https://nodejs.org`,
  );
  process.exit(1);
}

// The scripts of package.json are for a POSIX shell.
if (process.platform === 'win32') {
  say('Plumbline runs on Linux and macOS: on Windows, use WSL.');
  process.exit(1);
}

const reason = whyInstall();
if (reason !== null) {
  say(`Installing dependencies, because ${reason}: npm ci`);
  // Within `npm start` the npm that runs it is known, and is not looked up anew.
  const npm = process.env.npm_execpath;
  // .npmrc makes npm silent: why an install failed must be said all the same.
  const install = ['ci', '--loglevel=error'];
  const [command, args] = npm?.endsWith('.js') ? [process.execPath, [npm, ...install]] : ['npm', install];
  const { status, signal, error } = spawnSync(command, args, { cwd: project, stdio: ['ignore', 2, 2] });
  const left = status === 0 ? whyInstall() : (error?.message ?? signal ?? `exit code ${status}`);
  if (left !== null) {
    say(`npm ci failed: ${left}`);
    process.exit(1);
  }
}
