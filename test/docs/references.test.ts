// Whatever the documents refer to exists: files, folders, sections, npm scripts and objects of the database.
import { readFileSync } from 'node:fs';
import { dirname, join, posix, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codeSpans, headingAnchors, links, withoutCodeBlocks } from './markdown.ts';
import { projectPaths } from './project-paths.ts';

const root = resolve(import.meta.dirname, '../..');
const paths = projectPaths(root);
const documents = paths.filter((path) =>
  /^(README|CONTRIBUTING|CHANGELOG|test\/README|docs\/.+)\.md$/.test(path),
);
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const topLevel = new Set(paths.map((path) => path.split('/')[0]));
const FILE = /\.(ts|mts|mjs|js|sql|psql|md|json|toml|grit|sh|yml|sha256)$/;
/** Of other projects, written by a command, or kept out of git. */
const NOT_OURS = ['supabase/functions/.env', 'model-0.json', 'pgmq.sql'];
/** `table public.jobs`, `function internal.refuse` and so on. */
const DEFINITION = /^create (?:or replace )?(?:table|view|function) ([a-z_]+\.\w+)/gm;
const databaseObjects = new Set(
  paths
    .filter((path) => path.startsWith('supabase/schemas/'))
    .flatMap((path) => [...read(path).matchAll(DEFINITION)].map(([, name]) => name)),
);

/** A path of this project by its look: below one of its folders, or a file. */
function isPath(text: string): boolean {
  if (!/^[\w.@<>*-]+(\/[\w.@<>*-]+)*\/?$/.test(text)) return false;
  return FILE.test(text) || (text.includes('/') && topLevel.has(text.split('/')[0]));
}

/** Whether a file or folder is there; `*` and `<name>` stand for any one name. A bare name may be in any folder. */
function exists(path: string): boolean {
  if (!path.includes('/') && paths.some((known) => posix.basename(known) === path)) return true;
  const pattern = path
    .replace(/\/$/, '')
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\*|<[\w-]+>/g, '[^/]+');
  const expected = new RegExp(`^${pattern}(/|$)`);
  return paths.some((known) => expected.test(known));
}

/** What a document refers to and is not there. */
function brokenReferences(document: string): string[] {
  const text = withoutCodeBlocks(read(document));
  const folder = posix.dirname(document);
  const scripts: Record<string, string> = JSON.parse(read('package.json')).scripts;
  const broken: string[] = [];
  for (const span of codeSpans(text)) {
    const isThere = exists(span) || exists(posix.join(folder, span));
    if (isPath(span) && !NOT_OURS.includes(span) && !isThere) broken.push(`\`${span}\``);
    const object = /^(?:public|internal)\.\w+(?=$|\()/.exec(span)?.[0];
    if (object !== undefined && !databaseObjects.has(object)) broken.push(`\`${span}\``);
  }
  for (const [, script] of read(document).matchAll(/npm run (?:--\S+ )?([a-z][\w:-]*)/g)) {
    if (!Object.hasOwn(scripts, script)) broken.push(`npm run ${script}`);
  }
  for (const target of links(text)) {
    if (/^[a-z]+:/.test(target)) continue;
    const [file, anchor] = target.split('#');
    const path = file === '' ? document : posix.normalize(posix.join(folder, file));
    if (!exists(path)) broken.push(`(${target})`);
    else if (anchor !== undefined && !headingAnchors(read(path)).includes(anchor)) broken.push(`(${target})`);
  }
  return broken;
}

describe('what documents refer to', () => {
  it.each(documents)('%s names nothing that is not there', (document) => {
    expect(brokenReferences(document)).toEqual([]);
  });

  it('is looked for in every document', () => {
    for (const document of ['README.md', 'CONTRIBUTING.md', 'docs/architecture.md']) {
      expect(documents).toContain(document);
      const text = withoutCodeBlocks(read(document));
      expect(codeSpans(text).filter(isPath).length + links(text).length).toBeGreaterThan(5);
    }
    expect(documents.filter((path) => dirname(path) === 'docs/decisions').length).toBeGreaterThan(4);
  });

  it('is missed where it is not there', () => {
    expect(exists('src/shared/scores/crps.ts')).toBe(true);
    expect(exists('src/shared/scores/')).toBe(true);
    expect(exists('src/shared/models/<name>/<name>.ts')).toBe(true);
    expect(exists('src/shared/scores/crp.ts')).toBe(false);
    expect(exists('src/shared/score')).toBe(false);
    expect(exists('src/shared/scores/<name>.sql')).toBe(false);
  });
});
