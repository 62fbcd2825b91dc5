import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { z } from 'zod';
import { StackStartError } from './errors/stack-start-error.ts';

/**
 * What the stack reads of `supabase/config.toml`, with the CLI's defaults. The rest of the file is for the CLI, whose schema
 * it follows, and is not looked at.
 */
const configSchema = z.object({
  api: z
    .object({
      schemas: z.array(z.string()).default(['public', 'graphql_public']),
      extra_search_path: z.array(z.string()).default(['public', 'extensions']),
      max_rows: z.int().positive().default(1000),
    })
    .prefault({}),
  db: z
    .object({
      seed: z
        .object({
          enabled: z.boolean().default(true),
          sql_paths: z.array(z.string()).default(['./seed.sql']),
        })
        .prefault({}),
      /** Name of the secret to value, the value mostly `env(NAME)`. */
      vault: z.record(z.string(), z.string()).default({}),
    })
    .prefault({}),
  auth: z
    .object({
      site_url: z.string().default('http://127.0.0.1:3000'),
      jwt_expiry: z.int().positive().default(3600),
      minimum_password_length: z.int().positive().default(6),
    })
    .prefault({}),
  functions: z
    .record(
      z.string(),
      z.object({ enabled: z.boolean().default(true), verify_jwt: z.boolean().default(true) }),
    )
    .default({}),
});

/** The parts of `supabase/config.toml` the stack acts on. */
export type ProjectConfig = z.infer<typeof configSchema>;

/**
 * Reads `<project>/supabase/config.toml`; a project without one gets the CLI's defaults.
 *
 * @throws {StackStartError} `invalid_config` when it is no TOML or a value has the wrong type
 */
export function readConfig(projectDirectory: string): ProjectConfig {
  const path = join(projectDirectory, 'supabase', 'config.toml');
  if (!existsSync(path)) return configSchema.parse({});
  let document: unknown;
  try {
    document = parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new StackStartError('invalid_config', `${path}: ${(error as Error).message}`, { path });
  }
  const result = configSchema.safeParse(document);
  if (result.success) return result.data;
  throw new StackStartError('invalid_config', `${path}: ${z.prettifyError(result.error)}`, { path });
}
