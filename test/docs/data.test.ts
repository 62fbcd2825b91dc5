// docs/data.md has one table of faults: each code in it exists, and none that refuses a file or a series is missing.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FAULTS_OF_A_FILE, FAULTS_OF_LINES } from '../../src/shared/market-data/file-fault-codes.ts';
import { codeSpans } from './markdown.ts';
import { projectPaths } from './project-paths.ts';

const root = resolve(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const section = /^## Faults, and what to do\n(.*?)^## /ms.exec(read('docs/data.md'))![1];
/** Of the second column: what one sees. */
const told = section
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| ---'))
  .slice(1)
  .flatMap((line) => codeSpans(line.split(' | ')[1]))
  .filter((span) => /^[a-z]+(_[a-z]+)*$/.test(span));

/** Codes that the gate's checks give, refusals and notes. */
const CHECKS = 'src/shared/series/checks';
const gate = readdirSync(join(root, CHECKS)).flatMap((file) =>
  [...read(join(CHECKS, file)).matchAll(/\bcode: ([^,;)]+)[,;]/g)].flatMap(([, code]) =>
    [...code.matchAll(/(?<!\[)'([a-z]+(?:_[a-z]+)*)'/g)].map(([, one]) => one),
  ),
);

describe('the table of faults', () => {
  it('has every code that a file is refused with', () => {
    expect(told).toEqual(expect.arrayContaining([...FAULTS_OF_A_FILE, ...FAULTS_OF_LINES]));
  });

  it('has every code of the gate, refusals and notes', () => {
    expect(gate.length).toBeGreaterThan(12);
    expect(told).toEqual(expect.arrayContaining(gate));
  });

  it('has no code that is nowhere else', () => {
    const sources = projectPaths(root)
      .filter((path) => /^(src|supabase\/(schemas|functions))\/.*\.(ts|sql)$/.test(path))
      .map(read)
      .join('\n');
    const NOT_CODES = ['rounded'];
    expect(told.filter((code) => !NOT_CODES.includes(code) && !sources.includes(`'${code}'`))).toEqual([]);
  });
});
