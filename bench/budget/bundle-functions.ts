import { existsSync, readdirSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FUNCTIONS = join(ROOT, 'supabase', 'functions');

/** An Edge Function as one file. */
export interface FunctionBundle {
  readonly name: string;
  /** An ECMAScript module that imports nothing but `node:` modules. */
  readonly path: string;
  readonly bytes: number;
}

/** Node's modules under their names with `node:`, which older packages leave out and Deno wants. */
const prefixedBuiltins: Plugin = {
  name: 'prefixed-builtins',
  setup({ onResolve, onLoad }) {
    const names = builtinModules.filter((name) => !name.startsWith('_'));
    const filter = new RegExp(`^(${names.join('|')})$`);
    onResolve({ filter }, ({ path }) => ({ path, namespace: 'builtin' }));
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `export * from 'node:${path}';`,
    }));
  },
};

/** The project's Edge Functions by name; directories that begin with `_` are shared code. */
export function functionNames(): string[] {
  return readdirSync(FUNCTIONS)
    .filter((name) => !name.startsWith('_') && existsSync(join(FUNCTIONS, name, 'index.ts')))
    .sort();
}

/**
 * Bundles each function with all that it imports, npm packages included, not minified.
 *
 * @param directory where the bundles go
 */
export async function bundleFunctions(directory: string): Promise<FunctionBundle[]> {
  const bundles: FunctionBundle[] = [];
  for (const name of functionNames()) {
    const path = join(directory, `${name}.js`);
    const { metafile } = await build({
      absWorkingDir: ROOT,
      entryPoints: [join(FUNCTIONS, name, 'index.ts')],
      outfile: path,
      bundle: true,
      format: 'esm',
      target: 'es2022',
      platform: 'neutral',
      mainFields: ['module', 'main'],
      external: ['node:*'],
      plugins: [prefixedBuiltins],
      metafile: true,
      logLevel: 'silent',
    });
    const [{ bytes }] = Object.values(metafile.outputs);
    bundles.push({ name, path, bytes });
  }
  return bundles;
}
