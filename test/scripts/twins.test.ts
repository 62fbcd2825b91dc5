import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const text = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const filesOf = (directory: string, ending: string) =>
  readdirSync(join(ROOT, directory), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending))
    .map((path) => join(directory, path));

/** `Twin: name (file), compared in test.`, in the comment of an SQL object. */
const IN_SQL = /Twin: (\w+) \(([\w./-]+)\), compared in ([\w./-]+\.ts)\./g;
/** The same of an SQL function or constraint, in a doc comment. */
const IN_TYPESCRIPT = /Twin: the (?:SQL function|constraint) `([\w.]+)`, compared in ([\w./-]+\.ts)\./g;

const inSql = filesOf('supabase/schemas', '.sql').flatMap((path) =>
  [...text(path).matchAll(IN_SQL)].map(([, name, file, test]) => ({ path, name, file, test })),
);
const inTypeScript = filesOf('src/shared', '.ts').flatMap((path) =>
  // As one line: a comment may be wrapped.
  [
    ...text(path)
      .replaceAll(/\n +\* /g, ' ')
      .matchAll(IN_TYPESCRIPT),
  ].map(([, name, test]) => ({
    ...{ path, name, test },
  })),
);

describe('what is computed in SQL and in TypeScript', () => {
  it('is named on both sides, with the same test', () => {
    expect(inSql.length).toBeGreaterThan(10);
    expect(inTypeScript.map(({ path, test }) => `${path} ${test}`).sort()).toEqual(
      inSql.map(({ file, test }) => `${file} ${test}`).sort(),
    );
  });

  it.each(inSql)('$name: either side names what is there, and a test that reads it', (twin) => {
    const [object] = inTypeScript.filter(
      ({ path, name }) => path === twin.file && text(twin.path).includes(name),
    );
    expect(object).toBeDefined();
    expect(text(twin.file)).toMatch(new RegExp(`^export (function|const) ${twin.name}\\b`, 'm'));
    expect(existsSync(join(ROOT, twin.test))).toBe(true);
    expect(text(twin.test)).toContain(twin.name);
  });
});
