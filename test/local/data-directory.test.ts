import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { emptyDataDirectory, openDataDirectory } from '../../src/local/data-directory.ts';

const SOMEBODY = 54_321;

let root: string;
let data: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'plumbline-directory-'));
  chmodSync(root, 0o755);
  data = join(root, 'data');
});
afterEach(() => rmSync(root, { recursive: true }));

function refusal(reason: RegExp) {
  return expect.objectContaining({
    code: 'data_directory_unusable',
    message: expect.stringMatching(new RegExp(`^.*${reason.source}.*$`)),
  });
}

describe('openDataDirectory', () => {
  test('makes a directory, takes over an empty one, and knows its own again', () => {
    openDataDirectory(join(root, 'new', 'data'));
    mkdirSync(data);
    openDataDirectory(data);
    writeFileSync(join(data, 'keys.json'), '{}');
    expect(openDataDirectory(data).path).toBe(data);
    expect(statSync(data).mode & 0o066).toBe(0);
  });

  // A stack keeps a file of that name too, which does not make the directory a stack's.
  test.each(['precious.txt', 'keys.json', 'stack.lock'])(
    'changes nothing in a directory that holds %s and was never a stack\u2019s',
    (file) => {
      mkdirSync(data, { mode: 0o755 });
      writeFileSync(join(data, file), 'precious');
      expect(() => openDataDirectory(data)).toThrow(refusal(/no data directory of a stack/));
      expect(statSync(data).mode & 0o777).toBe(0o755);
      expect(readdirSync(data)).toEqual([file]);
    },
  );

  test('refuses a file, and a path below a file', () => {
    writeFileSync(data, '');
    expect(() => openDataDirectory(data)).toThrow(refusal(/is not a directory/));
    expect(() => openDataDirectory(join(data, 'below'))).toThrow(refusal(/ENOTDIR/));
  });

  test.runIf(process.getuid?.() === 0)('refuses the directory of another user, and says whose it is', () => {
    mkdirSync(data);
    chownSync(data, SOMEBODY, SOMEBODY);
    expect(() => openDataDirectory(data)).toThrow(
      refusal(/belongs to user 54321, and this is user 0\. Start/),
    );
    expect(readdirSync(data)).toEqual([]);
  });

  test.runIf(process.getuid?.() === 0)(
    'refuses what root left to a user, be it a file in their directory',
    () => {
      openDataDirectory(data);
      writeFileSync(join(data, 'keys.json'), '{}');
      const asSomebody = () => {
        process.seteuid!(SOMEBODY);
        try {
          // As it looks to a process that is not root: its real user does not matter here.
          return openDataDirectory(data);
        } finally {
          process.seteuid!(0);
        }
      };
      expect(asSomebody).toThrow(refusal(/data belongs to user 0 \(root\)/));
      chownSync(data, SOMEBODY, SOMEBODY);
      expect(asSomebody).toThrow(refusal(/(keys\.json|plumbline-data) belongs to user 0 \(root\)/));
    },
  );
});

describe('emptyDataDirectory', () => {
  test('removes what a stack made and nothing else, however much alike the name', () => {
    const directory = openDataDirectory(data);
    const own = ['keys.json', 'postgres.log', 'postgres-17.10.0-beta.17', 'cluster', 'cluster.initialised'];
    const foreign = ['precious.txt', 'cluster-notes.txt', 'postgres-backup', 'keys.json.mine'];
    for (const name of [...own, ...foreign, 'stack.lock']) mkdirSync(join(data, name));
    emptyDataDirectory(directory);
    expect(readdirSync(data).sort()).toEqual([...foreign, 'plumbline-data', 'stack.lock'].sort());
    expect(existsSync(openDataDirectory(data).path)).toBe(true);
  });
});
