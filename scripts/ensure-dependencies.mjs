// Installs the dependencies when they are missing, half installed or older than the lock file: those of the project, then those
// of the directories given as arguments, each with a package.json and lock file of its own. Run by `npm start` and `npm test`
// before anything else, so it needs nothing but Node, and an old one suffices to say that it is too old.
//
// npm writes node_modules/.package-lock.json as the last step of an install: without it, an install did not finish.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OLDEST_NODE = 20;
const project = dirname(dirname(fileURLToPath(import.meta.url)));

// To standard error: standard output belongs to the command that follows.
function say(line) {
  process.stderr.write(`${line}\n`);
}

function whyInstall(directory) {
  const modules = join(directory, 'node_modules');
  const installed = join(modules, '.package-lock.json');
  if (!existsSync(modules)) return 'node_modules is missing';
  if (!existsSync(installed)) return 'the last install did not finish';
  if (statSync(installed).mtimeMs < statSync(join(directory, 'package-lock.json')).mtimeMs) {
    return 'package-lock.json is newer';
  }
  return null;
}

/** @param name of the directory below the project; empty for the project itself */
function ensure(name) {
  const directory = join(project, name);
  const reason = whyInstall(directory);
  if (reason === null) return;
  const of = name === '' ? '' : ` of ${name}`;
  say(`Installing dependencies${of}, because ${reason}: npm ci`);
  // Within `npm start` the npm that runs it is known, and is not looked up anew.
  const npm = process.env.npm_execpath;
  // .npmrc makes npm silent: why an install failed must be said all the same.
  const install = ['ci', '--loglevel=error'];
  const [command, args] = npm?.endsWith('.js') ? [process.execPath, [npm, ...install]] : ['npm', install];
  const { status, signal, error } = spawnSync(command, args, { cwd: directory, stdio: ['ignore', 2, 2] });
  const left = status === 0 ? whyInstall(directory) : (error?.message ?? signal ?? `exit code ${status}`);
  if (left !== null) {
    say(`npm ci${of} failed: ${left}`);
    process.exit(1);
  }
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
  say('Plumbline runs on Linux and macOS: on Windows, use WSL');
  process.exit(1);
}

for (const name of ['', ...process.argv.slice(2)]) ensure(name);
