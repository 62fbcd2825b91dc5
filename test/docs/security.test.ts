// docs/security.md says of every table and view who reads it, and says what the database does.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectedAccess } from '../end-to-end/support/access-table.ts';
import { codeSpans } from './markdown.ts';

const document = readFileSync(resolve(import.meta.dirname, '../../docs/security.md'), 'utf8');
const access = Object.entries(expectedAccess());

/** The rows of the table under a heading, as cells. */
function tableUnder(heading: string): string[][] {
  const [, section] = document.split(`\n## ${heading}\n`);
  const rows = section
    .split('\n## ')[0]
    .split('\n')
    .filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

describe('docs/security.md', () => {
  it('says of every table and view, once, who reads it', () => {
    const said = tableUnder('Who may read what').flatMap(([objects, ...rights]) =>
      codeSpans(objects).map((name) => [name, rights.join(' ')]),
    );
    const holds = access.flatMap(([object, rights]) => {
      const [, name] = /^(?:table|view) public\.(\w+)$/.exec(object) ?? [];
      if (name === undefined) return [];
      const [anon, user, secret] = rights.split(' | ');
      expect([name, anon]).toEqual([name, '-']);
      const reads = (may: boolean) => (may ? 'read' : '-');
      const columns = [user === 'select', user !== '-', secret === 'select'];
      return [[name, columns.map(reads).join(' ')]];
    });
    expect(said.toSorted()).toEqual(holds.toSorted());
  });

  it('names the SQL functions that users call', () => {
    const [named, others] = tableUnder('Who may call what');
    const ofUsers = access.flatMap(([object, rights]) => {
      const [, name] = /^function public\.(\w+)$/.exec(object) ?? [];
      return name !== undefined && rights.split(' | ')[1] === 'execute' ? [name] : [];
    });
    expect(codeSpans(named[0])).toEqual(ofUsers);
    expect(others.slice(1)).toEqual(['-', '-', 'yes']);
  });
});
