// Writes supabase/functions/*/deno.json: the npm packages that functions import, at the versions of package.json.
// With --check: exits 1 when a file differs from what would be written.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const functions = join(root, 'supabase', 'functions');
const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const imports = {};
for (const [name, version] of Object.entries(dependencies)) {
  imports[name] = `npm:${name}@${version}`;
}
// An import map matches whole specifiers: what is imported below a package needs its own line.
imports['@supabase/server/core'] = `npm:@supabase/server@${dependencies['@supabase/server']}/core`;
const text = `${JSON.stringify({ imports }, null, 2)}\n`;

const stale = [];
for (const name of readdirSync(functions)) {
  if (!existsSync(join(functions, name, 'index.ts'))) continue;
  const path = join(functions, name, 'deno.json');
  if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
  if (process.argv.includes('--check')) stale.push(path);
  else writeFileSync(path, text);
}
if (stale.length > 0) {
  console.error(`Not as package.json says: ${stale.join(', ')}\nrun: npm run build:deno`);
  process.exit(1);
}
