import { existsSync, readdirSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { PROJECT_DIRECTORY } from './data-directory.ts';

const FUNCTIONS = join(PROJECT_DIRECTORY, 'supabase', 'functions');

/** An Edge Function in one piece. */
export interface BundledFunction {
  readonly name: string;
  readonly bytes: number;
}

/** The same as a file: an ECMAScript module that imports nothing but `node:` modules. */
export interface FunctionBundle extends BundledFunction {
  readonly path: string;
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

function optionsOf(name: string): BuildOptions & { metafile: true } {
  return {
    absWorkingDir: PROJECT_DIRECTORY,
    entryPoints: [join(FUNCTIONS, name, 'index.ts')],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    external: ['node:*'],
    plugins: [prefixedBuiltins],
    metafile: true,
    logLevel: 'silent',
  };
}

/** Bundles a function with all that it imports, npm packages included, not minified; writes nothing. */
export async function bundleFunction(name: string): Promise<BundledFunction> {
  const { metafile } = await build({ ...optionsOf(name), outfile: `${name}.js`, write: false });
  const [{ bytes }] = Object.values(metafile.outputs);
  return { name, bytes };
}

/**
 * Bundles each function into a file.
 *
 * @param directory where the bundles go
 */
export async function bundleFunctions(directory: string): Promise<FunctionBundle[]> {
  const bundles: FunctionBundle[] = [];
  for (const name of functionNames()) {
    const path = join(directory, `${name}.js`);
    const { metafile } = await build({ ...optionsOf(name), outfile: path });
    const [{ bytes }] = Object.values(metafile.outputs);
    bundles.push({ name, path, bytes });
  }
  return bundles;
}
