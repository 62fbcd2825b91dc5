import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** An import of TensorFlow.js, or of the folder that has it. */
const IMPORT = /(?:from|import|import\s*\()\s*['"`][^'"`]*tensorflow/;

function programs(directory: string): string[] {
  return readdirSync(join(root, directory), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|js|mjs)$/.test(name))
    .map((name) => join(directory, name));
}

describe('TensorFlow.js', () => {
  it('is imported by nothing that is served or deployed', () => {
    const files = [...programs('src'), ...programs('supabase/functions')];
    expect(files.length).toBeGreaterThan(100);
    expect(files.filter((file) => IMPORT.test(read(file)))).toEqual([]);
    // The rule finds what it looks for.
    const outside = programs('test/tools/tensorflow').concat('tools/tensorflow/tfjs.ts');
    expect(outside.filter((file) => IMPORT.test(read(file))).length).toBeGreaterThan(2);
  });

  it('is no dependency of the project, and not installed by npm start', () => {
    const { dependencies, devDependencies, scripts } = JSON.parse(read('package.json'));
    expect(JSON.stringify({ dependencies, devDependencies })).not.toContain('tensorflow');
    const ensures = Object.keys(scripts).filter((name) => scripts[name].includes('ensure-dependencies'));
    const withTfjs = ensures.filter((name) => scripts[name].endsWith(' tools/tensorflow'));
    expect(withTfjs.sort()).toEqual(['prebench', 'precheck', 'prelstm', 'pretest']);
    expect(ensures).toEqual(expect.arrayContaining(['prestart', 'preplumbline']));
  });

  it('is pinned exactly, in a lock file without the address of a registry', () => {
    const { dependencies } = JSON.parse(read('tools/tensorflow/package.json'));
    const { packages } = JSON.parse(read('tools/tensorflow/package-lock.json'));
    expect(packages[''].dependencies).toEqual(dependencies);
    for (const [name, version] of Object.entries(dependencies)) {
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
      expect(packages[`node_modules/${name}`]).toMatchObject({ version, integrity: expect.any(String) });
    }
    const resolved = Object.values(packages as Record<string, object>).filter((entry) => 'resolved' in entry);
    expect(resolved).toEqual([]);
  });
});
