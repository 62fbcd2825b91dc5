import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ProjectConfig } from '../config.ts';

/** An Edge Function of the project. */
export interface FunctionDefinition {
  readonly name: string;
  /** Absolute path of its index.ts. */
  readonly entrypoint: string;
  /** Absolute path of its deno.json, or null. */
  readonly denoConfig: string | null;
  /** Whether the gateway wants a user's token before it lets a request through. */
  readonly verifyJwt: boolean;
}

/** Every `supabase/functions/<name>/index.ts` that is enabled; directories that begin with `_` are shared code. */
export function discoverFunctions(projectDirectory: string, config: ProjectConfig): FunctionDefinition[] {
  const root = join(projectDirectory, 'supabase', 'functions');
  if (!existsSync(root)) return [];
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && /^[a-z0-9][\w-]*$/i.test(entry.name))
    .filter((entry) => existsSync(join(root, entry.name, 'index.ts')))
    .filter((entry) => config.functions[entry.name]?.enabled !== false)
    .map(({ name }) => {
      const denoConfig = join(root, name, 'deno.json');
      return {
        name,
        entrypoint: join(root, name, 'index.ts'),
        denoConfig: existsSync(denoConfig) ? denoConfig : null,
        verifyJwt: config.functions[name]?.verify_jwt ?? true,
      };
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}
