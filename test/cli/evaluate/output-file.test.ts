import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requireWritable, writeWhole } from '../../../src/cli/evaluate/output-file.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'plumbline-output-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('an output file', () => {
  it('may be new, or there already', () => {
    expect(() => requireWritable(join(directory, 'new'), '--out')).not.toThrow();
    writeFileSync(join(directory, 'old'), '');
    expect(() => requireWritable(join(directory, 'old'), '--out')).not.toThrow();
    expect(readdirSync(directory)).toEqual(['old']);
  });

  it.each(['', 'directory', 'nowhere/file', 'file/in'])('may not be "%s"', (name) => {
    mkdirSync(join(directory, 'directory'));
    writeFileSync(join(directory, 'file'), '');
    const path = name === '' ? '' : join(directory, name);
    expect(() => requireWritable(path, '--html')).toThrow(
      expect.objectContaining({ code: 'unwritable_file', message: expect.stringContaining('--html') }),
    );
  });

  it('replaces what was there whole', () => {
    const path = join(directory, 'file');
    writeFileSync(path, 'much longer than what comes');
    writeWhole(path, 'short');
    expect(readFileSync(path, 'utf8')).toBe('short');
    expect(readdirSync(directory)).toEqual(['file']);
  });

  it('that cannot be put in its place leaves nothing behind', () => {
    mkdirSync(join(directory, 'taken'));
    expect(() => writeWhole(join(directory, 'taken'), 'text')).toThrow();
    expect(readdirSync(directory)).toEqual(['taken']);
  });
});
