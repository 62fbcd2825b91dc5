import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { equalInConstantTime } from '../../src/local/equal-in-constant-time.ts';

const ROOT = resolve(import.meta.dirname, '../..');

test('equal strings are equal, others are not, whatever their length', () => {
  expect(equalInConstantTime('sb_secret_ü', 'sb_secret_ü')).toBe(true);
  for (const other of ['', 'sb_secret_', 'sb_secret_üü', 'xb_secret_ü', 'sb_secret_u']) {
    expect(equalInConstantTime('sb_secret_ü', other)).toBe(false);
  }
});

/** What an operator compares, on both sides of it. */
const COMPARISON = /([\w.?!)\]'"`]+)\s*[=!]==?\s*(typeof\s+)?([\w.?!'"`-]+)/g;
const LOOK_UP = /(\w+)\)*\.(?:includes|indexOf|has)\(/g;
/** Tells nothing: whether something is there at all, its type, its length. */
const HARMLESS = /^(?:null|undefined|true|false|-?\d.*|['"`].*)$|\.length$/;
const SECRET = /(?:key|secret|token|password|signature)s?[!)\]]*$/i;

/** Whether a line compares, or looks up, something whose name says that it is secret. */
function comparesSecret(line: string): boolean {
  const compared = [...line.matchAll(COMPARISON)].some(
    ([, left, , right]) =>
      ![left, right].some((side) => HARMLESS.test(side)) && (SECRET.test(left) || SECRET.test(right)),
  );
  return compared || [...line.matchAll(LOOK_UP)].some(([, name]) => SECRET.test(name));
}

/** Lines that compare a secret which no caller sent: there is nobody to take the time. */
const NOT_FROM_A_CALLER = ['else if (existing.decrypted_secret !== value)'];

function sources(directory: string): string[] {
  return readdirSync(join(ROOT, directory), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(ts|js|mjs)$/.test(path))
    .map((path) => join(directory, path));
}

test('no key, token or password is compared with an operator anywhere', () => {
  const found = [...sources('src/local'), ...sources('supabase/functions'), ...sources('src/shared/store')]
    .flatMap((path) =>
      readFileSync(join(ROOT, path), 'utf8')
        .split('\n')
        .map((line, i) => ({ at: `${path}:${i + 1}`, line: line.replace(/\/\/.*|^\s*\*.*/, '') })),
    )
    .filter(({ line }) => comparesSecret(line) && !NOT_FROM_A_CALLER.includes(line.trim()))
    .map(({ at, line }) => `${at}: ${line.trim()}`);
  expect(found).toEqual([]);
});

test('that search finds what it is for', () => {
  for (const line of [
    'if (key === keys.publishableKey) return',
    'if (Object.values(keys.secretKeys).includes(key)) {',
    'return token === expected;',
    'if (given !== secret) throw',
  ]) {
    expect([line, comparesSecret(line)]).toEqual([line, true]);
  }
});
