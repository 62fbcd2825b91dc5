// docs/data.md has a table of faults of bars and one of events: each code in them exists, and none that refuses a
// file or a series is missing.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  FAULTS_OF_A_FILE,
  FAULTS_OF_EVENT_LINES,
  FAULTS_OF_LINES,
} from '../../src/shared/market-data/file-fault-codes.ts';
import { codeSpans } from './markdown.ts';
import { projectPaths } from './project-paths.ts';

const root = resolve(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
/** Of the second column of the table below a heading: what one sees. */
const codesBelow = (heading: string) =>
  read('docs/data.md')
    .split(`\n${heading}\n`)[1]
    .split(/^##+ /m)[0]
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| ---'))
    .slice(1)
    .flatMap((line) => codeSpans(line.split(' | ')[1]))
    .filter((span) => /^[a-z]+(_[a-z]+)*$/.test(span));
const told = codesBelow('## Faults, and what to do');
const toldOfEvents = codesBelow('### Faults of events, and what to do');

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

  it('of events has every code that a file of them, or a row of the table, is refused with', () => {
    const ofFiles = [
      'parse-csv-events.ts',
      'event-files/event-columns.ts',
      'csv-table.ts',
      'read-times.ts',
    ].flatMap((file) =>
      [...read(`src/shared/market-data/${file}`).matchAll(/InvalidInputError\(\s*'(\w+)'/g)].map(
        ([, code]) => code,
      ),
    );
    expect(ofFiles.length).toBeGreaterThan(7);
    const trigger = read('supabase/schemas/events/triggers/complete_event.sql');
    const refusals = [...trigger.matchAll(/internal\.refuse\(\d+, '(\w+)'/g)].map(([, code]) => code);
    expect(refusals.length).toBeGreaterThan(5);
    expect(toldOfEvents).toEqual(expect.arrayContaining([...ofFiles, ...FAULTS_OF_EVENT_LINES, ...refusals]));
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
    const all = [...told, ...toldOfEvents];
    expect(all.filter((code) => !NOT_CODES.includes(code) && !sources.includes(`'${code}'`))).toEqual([]);
  });
});
