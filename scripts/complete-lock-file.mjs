// Adds to package-lock.json the packages of other platforms that npm left out (npm/cli issue 9846): npm writes an entry only for
// what its registry served, and `npm ci` then refuses the file everywhere. Run it after every `npm install` (npm run build:lock).
// With --check: exits 1 when an entry is missing.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const path = fileURLToPath(new URL('../package-lock.json', import.meta.url));
const lock = JSON.parse(readFileSync(path, 'utf8'));

const EXACT = /^\d+\.\d+\.\d+[\w.-]*$/;
const PLATFORM =
  /(android|darwin|linux|freebsd|openbsd|netbsd|sunos|aix|win32|windows)-(arm64|x64|ia32|arm|ppc64|s390x|riscv64)(?:-(musl|glibc|gnu))?/;

const added = [];
for (const entry of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const key = `node_modules/${name}`;
    const platform = PLATFORM.exec(name);
    if (key in lock.packages || !EXACT.test(version) || platform === null) continue;
    const [, os, cpu, libc] = platform;
    lock.packages[key] = {
      version,
      cpu: [cpu],
      ...(entry.dev ? { dev: true } : {}),
      ...(libc ? { libc: [libc === 'gnu' ? 'glibc' : libc] } : {}),
      optional: true,
      os: [os === 'windows' ? 'win32' : os],
    };
    added.push(`${name}@${version}`);
  }
}

if (added.length > 0 && process.argv.includes('--check')) {
  console.error(`package-lock.json lacks ${added.join(', ')}\nrun: npm run build:lock`);
  process.exit(1);
}
if (added.length > 0) {
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
  console.error(`Added ${added.length} packages of other platforms`);
}
