import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const REPOSITORY = resolve(import.meta.dirname, '../../..');

/** A Supabase project of a few files, with this repository's node_modules. */
export interface FixtureProject {
  readonly directory: string;
  /** A data directory beside it, not yet there. */
  readonly dataDirectory: string;
  write(path: string, content: string): void;
  remove(): void;
}

/** @param files path below the project to content; a path below supabase/functions gets a deno.json beside it */
export function createFixtureProject(files: Readonly<Record<string, string>>): FixtureProject {
  const root = mkdtempSync(join(tmpdir(), 'plumbline-fixture-'));
  // As in most places, every user may pass: what happens where not has a test of its own.
  chmodSync(root, 0o755);
  const directory = join(root, 'project');
  const write = (path: string, content: string) => {
    const target = join(directory, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
  };
  write('package.json', '{ "type": "module" }');
  symlinkSync(join(REPOSITORY, 'node_modules'), join(directory, 'node_modules'));
  for (const [path, content] of Object.entries(files)) {
    write(path, content);
    if (path.startsWith('supabase/functions/')) {
      write(join(dirname(path), 'deno.json'), JSON.stringify({ imports: IMPORTS }));
    }
  }
  return {
    directory,
    dataDirectory: join(root, 'data'),
    write,
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

const IMPORTS = {
  '@supabase/server': 'npm:@supabase/server@1.4.1',
  '@supabase/supabase-js': 'npm:@supabase/supabase-js@2.109.0',
};
