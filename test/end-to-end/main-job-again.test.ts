import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBarFiles } from '../../src/cli/bar-files.ts';
import { calendarChoice } from '../../src/cli/calendars/calendar-choice.ts';
import { calendar } from '../../src/cli/commands/calendar.ts';
import { ingest } from '../../src/cli/commands/ingest.ts';
import { runMainJob } from '../../src/cli/main-job.ts';
import { uploadBars } from '../../src/cli/upload-bars.ts';
import type { SymbolEvent } from '../../src/shared/series/scheduled-event.ts';
import { LIGHT_SIZES, lightEnsemble } from '../support/light-ensemble.ts';
import { ownerSql, sampleCsv, serviceClient, stackAccess } from './support/stack-clients.ts';

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
  {
    windows = 1,
    factor = 1,
    events,
  }: { windows?: number; factor?: number; events?: readonly SymbolEvent[] } = {},
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
  return runMainJob(stackAccess(), [{ files: findBarFiles(path), horizon: '1D' }], {
    ...{ windows, events },
    say: () => {},
  });
}

describe('the main job, run again', () => {
  it('shows the windows of the bars that are there now, none of other bars or of another alignment', async () => {
    const event = { date: '2001-01-17', kind: 'earnings', time: null, knownAt: null, source: null };
    const events = ['AGAIN', 'NOBODY'].map((symbol) => ({ ...event, symbol }));
    const first = await mainJob('AGAIN', 420, { events });
    expect(first.windows.map((row) => row.window_id)).toEqual([419]);

    // Of the symbols whose files are stored, the events are stored too, and the fit saw them.
    const fitted = await sql`
      select a.state ->> 'events' as events, (select string_agg(e.symbol, ' ') from public.scheduled_events e) as stored
      from public.artifacts a join public.symbols s on s.id = a.symbol_id where s.symbol = 'AGAIN'`;
    expect(fitted).toEqual([{ events: expect.stringMatching(/^[0-9a-f]{8}$/), stored: 'AGAIN' }]);

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

describe('a symbol of another market', () => {
  /** Bars of every day, or of every day but those that are left out. */
  function writeBars(symbol: string, isLeftOut: (day: Date) => boolean = () => false): void {
    const [header, ...rows] = sampleCsv(420).split('\n');
    const day = new Date('2001-01-01');
    const dated = rows.map((row) => {
      while (isLeftOut(day)) day.setUTCDate(day.getUTCDate() + 1);
      const date = day.toISOString().slice(0, 10);
      day.setUTCDate(day.getUTCDate() + 1);
      return [date, ...row.split(',').slice(1)].join(',');
    });
    writeFileSync(join(market, `${symbol}.csv`), [header, ...dated].join('\n'));
  }
  const market = join(directory, 'market');
  const closures = join(directory, 'xtst.csv');
  const LISTED = ['2001-03-05', '2002-05-01'];
  const isWeekend = (day: Date) => day.getUTCDay() % 6 === 0;

  it('is taken in, forecast and listed by the calendar that is named for it', async () => {
    mkdirSync(market);
    writeBars('COIN');
    writeBars('PAIR', isWeekend);
    writeBars('LISTED', (day) => isWeekend(day) || LISTED.includes(day.toISOString().slice(0, 10)));
    const headings = '# time zone Asia/Tokyo\n# close 15:30\n# known 2001-01-01 to 2003-12-31\n';
    writeFileSync(closures, `${headings}date\n${LISTED.join('\n')}\n`);

    // One that is not named is of New York, and refused by the name of the calendar that fits.
    const lines: string[] = [];
    const say = (line: string) => lines.push(line);
    const choice = calendarChoice.parse(`PAIR=weekdays,LISTED=${closures}`);
    const refused = await ingest(stackAccess(), market, undefined, '1D', { calendar: choice }, say);
    expect(refused.refused).toMatchObject([
      { symbol: 'COIN', code: 'other_calendar', message: expect.stringContaining('--calendar 24/7') },
    ]);
    expect(refused.uploads.map(({ symbol }) => symbol)).toEqual(['LISTED', 'PAIR']);
    expect(lines).toContain('Calendar XTST: 2 closures (new)');

    const all = calendarChoice.parse('COIN=24/7,PAIR=weekdays,LISTED=xtst');
    const { forecasts } = await runMainJob(stackAccess(), [{ files: findBarFiles(market), horizon: '1D' }], {
      ...{ windows: 1, say: () => {} },
      upload: { calendar: all },
    });
    const targets = forecasts.map((row) => [
      row.symbol,
      row.data_cutoff.slice(0, 10),
      new Date(row.target_time).toISOString(),
    ]);
    expect(targets).toEqual([
      ['COIN', '2002-02-24', '2002-02-26T00:00:00.000Z'],
      ['LISTED', '2002-08-13', '2002-08-14T06:30:00.000Z'],
      ['PAIR', '2002-08-09', '2002-08-12T21:00:00.000Z'],
    ]);

    const store = serviceClient();
    const nobody = () => {
      throw new Error('Nobody acts');
    };
    const listed = (await calendar(store, [], nobody)).text.split('\n');
    expect(listed.find((line) => line.startsWith('XTST'))).toMatch(/15:30 Asia\/Tokyo .* 2 +1$/);
    const moved = await calendar(store, ['PAIR=24/7', closures], () => 'Ada');
    expect(moved.text).toBe(
      'Calendar XTST: 2 closures (0 added, 0 changed, 0 removed)\nPAIR: 24/7 (was weekdays)',
    );
    await expect(
      uploadBars(stackAccess(), findBarFiles(market, ['PAIR'])[0], { calendar: all }),
    ).rejects.toMatchObject({
      code: 'calendar_differs',
      message: expect.stringMatching(/PAIR\.csv: PAIR has the calendar 24\/7, not weekdays/),
    });
  });

  it('is given a calendar that there is', async () => {
    const store = serviceClient();
    await expect(calendar(store, ['COIN=XNON'], () => 'Ada')).rejects.toMatchObject({
      code: 'unknown_calendar',
    });
    await expect(calendar(store, ['XNON'], () => 'Ada')).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(calendar(store, [`COIN=${closures}`], () => 'Ada')).rejects.toMatchObject({
      code: 'invalid_input',
    });
  });
});
