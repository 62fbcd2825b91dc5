import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  calendarChoice,
  chosenCalendar,
  requireChosenSymbols,
} from '../../../src/cli/calendars/calendar-choice.ts';
import { calendarWithoutStack } from '../../../src/cli/calendars/calendar-without-stack.ts';
import { EVERY_DAY, NEW_YORK, WEEKDAYS } from '../../../src/shared/calendars/built-in-calendars.ts';
import { nextSession } from '../../../src/shared/calendars/sessions.ts';

const choiceOf = (text: string) => calendarChoice.parse(text);

describe('--calendar', () => {
  it('is for all symbols, for some, or for some and the others', () => {
    expect(chosenCalendar(choiceOf('24/7'), 'BTC')).toBe('24/7');
    const some = choiceOf('btc=24/7, EURUSD=Weekdays');
    expect(['BTC', 'EURUSD', 'SPY'].map((symbol) => chosenCalendar(some, symbol))).toEqual([
      '24/7',
      'weekdays',
      undefined,
    ]);
    expect(chosenCalendar(choiceOf('CAC40=xpar,XNYS'), 'CAC40')).toBe('XPAR');
    expect(chosenCalendar(choiceOf('CAC40=xpar,XNYS'), 'SPY')).toBe('XNYS');
    expect(chosenCalendar(choiceOf('CAC40=./lists/xpar.csv'), 'CAC40')).toBe('./lists/xpar.csv');
    expect(chosenCalendar(undefined, 'SPY')).toBeUndefined();
  });

  it.each([
    ['', 'a calendar is XNYS, 24/7, weekdays'],
    ['BTC=', 'a calendar is XNYS, 24/7, weekdays'],
    ['BTC=24/5', '"BTC=24/5": a calendar is XNYS, 24/7, weekdays'],
    ['24/7,XNYS', '"24/7" and "XNYS" are both for all symbols'],
    ['B TC=24/7', '"B TC": a symbol is'],
    ['BTC=24/7,btc=XNYS', 'BTC is there twice'],
  ])('is refused as "%s"', (text, reason) => {
    const { error } = calendarChoice.safeParse(text);
    expect(error?.issues[0].message).toContain(reason);
  });

  it('names symbols of which there are bars', () => {
    const files = [{ symbol: 'BTC' }, { symbol: 'SPY' }];
    requireChosenSymbols(choiceOf('BTC=24/7,XNYS'), files);
    expect(() => requireChosenSymbols(choiceOf('ETH=24/7'), files)).toThrow(
      '--calendar names ETH, of which there are no bars here: the symbols are BTC, SPY',
    );
  });
});

describe('the calendar where no stack knows it', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'plumbline-calendar-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('is built in, New York\u2019s by default', () => {
    expect(calendarWithoutStack(undefined, 'SPY')).toBe(NEW_YORK);
    expect(calendarWithoutStack(choiceOf('BTC=24/7'), 'SPY')).toBe(NEW_YORK);
    expect(calendarWithoutStack(choiceOf('BTC=24/7'), 'BTC')).toBe(EVERY_DAY);
    expect(calendarWithoutStack(choiceOf('weekdays'), 'EURUSD')).toBe(WEEKDAYS);
    expect(() => calendarWithoutStack(choiceOf('XPAR'), 'CAC40')).toThrow(
      expect.objectContaining({ code: 'unknown_calendar', message: expect.stringContaining('XPAR.csv') }),
    );
  });

  it('is read from a file, which its name names', () => {
    const path = join(directory, 'xpar.csv');
    const headings = '# time zone Europe/Paris\n# close 17:30\n# known 2026-01-01 to 2026-12-31\n';
    writeFileSync(path, `${headings}date\n2026-05-01\n`);
    const calendar = calendarWithoutStack(choiceOf(path), 'CAC40');
    expect(calendar.name).toBe('XPAR');
    expect(nextSession('2026-04-30', calendar)).toBe('2026-05-04');

    writeFileSync(path, 'date\n2026-05-01\n');
    expect(() => calendarWithoutStack(choiceOf(path), 'CAC40')).toThrow(
      expect.objectContaining({
        code: 'invalid_calendar',
        message: expect.stringMatching(/xpar\.csv: The calendar XPAR cannot be read: A line such as/),
      }),
    );
    rmSync(path);
    expect(() => calendarWithoutStack(choiceOf(path), 'CAC40')).toThrow(
      expect.objectContaining({ code: 'unreadable_file' }),
    );
  });
});
