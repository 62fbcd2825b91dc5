import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { forecasterBits } from '../../support/forecaster-bits.ts';

const root = resolve(import.meta.dirname, '../../..');

/** What the program prints under Deno, which finds packages as an Edge Function does. */
function bitsInDeno(): Record<string, string> {
  const output = execFileSync(
    resolve(root, 'node_modules/.bin/deno'),
    [
      ...[
        'run',
        '--quiet',
        '--cached-only',
        '--no-lock',
        '--node-modules-dir=manual',
        '--allow-env',
        '--allow-read',
      ],
      ...['--config', 'supabase/functions/forecast-worker/deno.json', 'test/support/forecaster-bits.ts'],
    ],
    { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  return JSON.parse(output);
}

describe('every member and benchmark', () => {
  const [node, deno] = [forecasterBits(), bitsInDeno()];

  it.each(Object.keys(node))('%s gives the same bits in Node and in Deno', (name) => {
    // Compared as a whole and not shown: the difference would fill pages.
    expect(deno[name] === node[name]).toBe(true);
  });

  it('is among them', () => {
    expect(Object.keys(deno)).toEqual(Object.keys(node));
    expect(Object.keys(node).length).toBeGreaterThan(10);
  });
});
