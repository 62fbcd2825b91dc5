import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBarFiles } from '../../src/cli/bar-files.ts';
import { runMainJob } from '../../src/cli/main-job.ts';
import { LIGHT_SIZES, lightEnsemble } from '../support/light-ensemble.ts';
import { ownerSql, sampleCsv, stackAccess } from './support/stack-clients.ts';

let sql: postgres.Sql;
const directory = mkdtempSync(join(tmpdir(), 'plumbline-again-'));

beforeAll(async () => {
  sql = ownerSql();
  // What is shown is the question here, whatever was fitted.
  const { configuration, hash } = lightEnsemble('candidate');
  await sql`select public.seed_ensemble('candidate', ${sql.json(configuration as never)}, ${hash})`;
  await sql`select public.change_setting('window_sizes', ${sql.json({ '1D': LIGHT_SIZES })})`;
});
afterAll(async () => {
  rmSync(directory, { recursive: true });
  await sql.end();
});

/** The main job on a symbol's first `count` bars, with prices times `factor`. */
function mainJob(
  symbol: string,
  count: number,
  { windows = 1, factor = 1 }: { windows?: number; factor?: number } = {},
) {
  const lines = sampleCsv(count)
    .split('\n')
    .map((line, i) => {
      if (i === 0 || factor === 1) return line;
      const [date, ...prices] = line.split(',');
      return [date, ...prices.slice(0, 4).map((price) => Number(price) * factor), '', ''].join(',');
    });
  const path = join(directory, `${symbol}.csv`);
  writeFileSync(path, lines.join('\n'));
  return runMainJob(stackAccess(), { files: findBarFiles(path), horizon: '1D', windows, say: () => {} });
}

describe('the main job, run again', () => {
  it('shows the windows of the bars that are there now, none of other bars or of another alignment', async () => {
    const first = await mainJob('AGAIN', 420);
    expect(first.windows.map((row) => row.window_id)).toEqual([419]);

    // Ten bars more: the latest window is another one, and the old one overlaps it.
    const second = await mainJob('AGAIN', 430);
    expect(second.windows.map((row) => row.window_id)).toEqual([429]);
    expect(second.forecasts[0].data_cutoff.slice(0, 10)).toBe(sampleCsv(430).split('\n')[430].slice(0, 10));

    // The same bars at half the price, as after a split: what was validated on the old ones no longer counts.
    const third = await mainJob('AGAIN', 430, { factor: 0.5 });
    expect(third.windows.map((row) => row.window_id)).toEqual([429]);
    expect(third.windows[0].validation_date > second.windows[0].validation_date).toBe(true);
    expect(third.forecasts[0].last_close).toBeCloseTo(second.forecasts[0].last_close / 2, 6);
  });

  it('gives the reason of the bars that are there now, not of an earlier failure', async () => {
    await expect(mainJob('GROWS', 299)).rejects.toMatchObject({
      code: 'too_few_bars',
      message: expect.stringContaining('GROWS has 299 bars'),
    });
    await expect(mainJob('GROWS', 390)).rejects.toMatchObject({
      code: 'too_few_bars_for_window',
      message: expect.stringContaining('GROWS has 390 bars'),
    });
    expect((await mainJob('GROWS', 410)).windows).toHaveLength(1);
  });

  it('fails with the reason when a job ends dead, and shows no older forecast instead', async () => {
    await mainJob('BOOM', 415);
    await sql`alter table public.jobs alter column max_attempts set default 1`;
    await sql.unsafe(`
      create function internal.boom() returns trigger language plpgsql as $$ begin raise exception 'boom'; end $$;
      create trigger boom before insert on public.forecasts for each row when (new.symbol = 'BOOM')
      execute function internal.boom()`);
    try {
      await expect(mainJob('BOOM', 416)).rejects.toMatchObject({
        message: expect.stringContaining('BOOM 1D: boom'),
      });
    } finally {
      await sql.unsafe('drop trigger boom on public.forecasts; drop function internal.boom()');
      await sql`alter table public.jobs alter column max_attempts set default 5`;
    }
  });
});
