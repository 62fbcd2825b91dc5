import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requireNoInput, requireWritable, writeWhole } from '../../../src/cli/evaluate/output-file.ts';

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

  it.each(['events.csv', 'bars/../events.csv', 'link.csv', 'bars/AAPL.csv'])(
    'may not be what is read, by the name %s',
    (name) => {
      mkdirSync(join(directory, 'bars'));
      for (const input of ['events.csv', 'bars/AAPL.csv']) writeFileSync(join(directory, input), 'read');
      symlinkSync(join(directory, 'events.csv'), join(directory, 'link.csv'));
      const inputs = [join(directory, 'bars'), join(directory, 'events.csv')];
      expect(() => requireNoInput(join(directory, name), '--forecasts', inputs)).toThrow(
        expect.objectContaining({
          code: 'invalid_argument',
          message: expect.stringContaining('--forecasts'),
        }),
      );
    },
  );

  it('may stand beside what is read, and be written again', () => {
    writeFileSync(join(directory, 'report.json'), '');
    for (const name of ['report.json', 'new.csv']) {
      expect(() => requireNoInput(join(directory, name), '--out', [directory, 'nowhere.csv'])).not.toThrow();
    }
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
