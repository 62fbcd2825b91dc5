import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { findBarFiles, sampleBarFile } from '../../src/cli/bar-files.ts';
import { runMainJob } from '../../src/cli/main-job.ts';
import { openDataDirectory, removeDataDirectory } from '../../src/local/data-directory.ts';
import { type Stack, startStack } from '../../src/local/stack.ts';
import { LIGHT_SIZES, lightEnsemble } from '../support/light-ensemble.ts';

const REPOSITORY = resolve(import.meta.dirname, '../..');
const root = mkdtempSync(join(tmpdir(), 'plumbline-backup-'));
chmodSync(root, 0o755);
const [original, restored, other, file] = ['original', 'restored', 'other', 'stack.tar.gz'].map((name) =>
  join(root, name),
);
const running: Stack[] = [];
/** A header and bars. */
const SAMPLE = readFileSync(sampleBarFile().path, 'utf8').split('\n');
const BARS = join(root, 'KEPT.csv');

afterAll(async () => {
  for (const stack of running) await stack.stop();
  for (const data of [original, restored, other]) removeDataDirectory(openDataDirectory(data));
  rmSync(root, { recursive: true });
});

async function start(dataDirectory: string): Promise<Stack> {
  const stack = await startStack({
    projectDirectory: REPOSITORY,
    dataDirectory,
    port: 0,
    fsync: false,
    netPause: 100,
    log: () => {},
  });
  running.push(stack);
  return stack;
}

function plumbline(...words: string[]): { status: number | null; said: string } {
  const command = ['--import', 'tsx', 'src/cli/plumbline.ts', ...words];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, {
    cwd: REPOSITORY,
    encoding: 'utf8',
  });
  return { status, said: stdout + stderr };
}

/** The main job on the first bars of the sample; resolves with its forecasts and what was planned. */
async function mainJob(stack: Stack, bars: number) {
  writeFileSync(BARS, SAMPLE.slice(0, bars + 1).join('\n'));
  const said: string[] = [];
  const files = findBarFiles(BARS);
  const report = await runMainJob(stack, [{ files, horizon: '1D' }], {
    windows: 1,
    say: (line) => said.push(line),
  });
  return { forecasts: report.forecasts, planned: said.find((line) => line.startsWith('Planned')) };
}

test('a restored stack has what was stored, plans nothing twice and forecasts the next bar', async () => {
  const stack = await start(original);
  const { configuration, hash } = lightEnsemble('candidate');
  await stack.sql`select public.seed_ensemble('candidate', ${stack.sql.json(configuration as never)}, ${hash})`;
  await stack.sql`select public.change_setting('window_sizes', ${stack.sql.json({ '1D': LIGHT_SIZES })})`;
  const before = await mainJob(stack, 420);

  // While it runs nothing is copied, nor put over it.
  expect(plumbline('backup', file, '--data', original)).toEqual({
    status: 1,
    said: expect.stringMatching(/^error: stack_already_running: [^\n]*\n$/),
  });
  expect(plumbline('restore', BARS, '--data', original).said).toMatch(/^error: stack_already_running: /);
  await stack.stop();

  expect(plumbline('backup', file, '--data', original)).toMatchObject({ status: 0 });
  expect(statSync(file).mode & 0o077).toBe(0);
  expect(plumbline('backup', file, '--data', original).said).toMatch(/^error: file_exists: [^\n]*\n$/);
  expect(plumbline('backup', join(root, 'new'), '--data', other).said).toMatch(
    /^error: no_database: [^\n]*\n$/,
  );
  expect(plumbline('restore', file, '--data', original).said).toMatch(/^error: database_exists: [^\n]*\n$/);
  expect(plumbline('restore', BARS, '--data', other).said).toMatch(
    /^error: backup_failed: The program tar failed[^\n]*\n$/,
  );
  expect(existsSync(join(other, 'keys.json'))).toBe(false);
  expect(plumbline('restore', file, '--data', restored)).toMatchObject({ status: 0 });

  const again = await start(restored);
  expect(again.secretKeys).toEqual(stack.secretKeys);
  const same = await mainJob(again, 420);
  expect(same).toEqual({ forecasts: before.forecasts, planned: 'Planned: 0 forecasts, 0 windows' });
  const next = await mainJob(again, 421);
  expect(next.planned).toMatch(/^Planned: 1 forecast,/);
  expect(next.forecasts).toMatchObject([{ symbol: 'KEPT' }]);
  expect(next.forecasts[0]!.data_cutoff > before.forecasts[0]!.data_cutoff).toBe(true);
});
