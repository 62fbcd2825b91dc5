// The table of rooms in docs/architecture.md is the order that the lint of imports holds.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { codeSpans } from './markdown.ts';

interface Rule {
  readonly name: string;
  readonly to: { readonly path: readonly string[] | string };
}

const root = resolve(import.meta.dirname, '../..');
const { default: lint } = (await import(pathToFileURL(join(root, '.dependency-cruiser.mjs')).href)) as {
  readonly default: { readonly forbidden: readonly Rule[] };
};
const SUFFIX = '-imports-from-lines-above';
/** What each folder of the core must not import from, by the lint. */
const forbidden = new Map(
  lint.forbidden
    .filter(({ name }) => /^src\/shared\/[^.]+$/.test(name) && name.endsWith(SUFFIX))
    .map(({ name, to }) => [
      name.slice(0, -SUFFIX.length),
      [to.path].flat().flatMap((path) => /^\^(src\/shared\/[\w-]+)\/$/.exec(path)?.[1] ?? []),
    ]),
);
/** The folders of the core by the lines of the table. */
const lines = readFileSync(join(root, 'docs/architecture.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| `src/shared/'))
  .map((line) => codeSpans(line.split('|')[1]));

it('names every folder of the core once', () => {
  expect(lines.flat().sort()).toEqual([...forbidden.keys()].sort());
});

it.each(lines.flat())('%s stands in its line', (folder) => {
  const place = lines.findIndex((line) => line.includes(folder));
  const others = [...lines[place].filter((other) => other !== folder), ...lines.slice(place + 1).flat()];
  expect(others.sort()).toEqual([...(forbidden.get(folder) ?? [])].sort());
});
