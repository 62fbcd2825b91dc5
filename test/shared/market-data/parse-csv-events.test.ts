import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../../src/shared/errors/invalid-input-error.ts';
import { MAXIMUM_EVENTS_PER_FILE, parseCsvEvents } from '../../../src/shared/market-data/parse-csv-events.ts';

function refusal(lines: readonly string[]): InvalidInputError {
  try {
    parseCsvEvents(lines.join('\n'));
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidInputError);
    return error as InvalidInputError;
  }
  throw new Error('the file was taken');
}

const eventsOf = (...lines: readonly string[]) => parseCsvEvents(lines.join('\n')).events;

describe('parseCsvEvents takes', () => {
  it('symbols and dates alone, as earnings of which nothing else is known', () => {
    expect(eventsOf('symbol,date', 'AAPL,2026-07-30', 'aapl,2026-04-30')).toEqual([
      { symbol: 'AAPL', date: '2026-07-30', kind: 'earnings', time: null, knownAt: null, source: null },
      { symbol: 'AAPL', date: '2026-04-30', kind: 'earnings', time: null, knownAt: null, source: null },
    ]);
  });

  it('every column, in any order and case, and columns that it does not know', () => {
    const header = 'Source;KNOWN AT;estimate;Time;Kind;Date;Ticker';
    expect(
      eventsOf(header, 'a wire;2026-07-01T16:15:00-04:00;1.5;AMC;Investor Day;30.07.2026;BRK.B'),
    ).toEqual([
      {
        ...{ symbol: 'BRK.B', date: '2026-07-30', kind: 'investor_day', time: 'after' },
        ...{ knownAt: '2026-07-01T20:15:00Z', source: 'a wire' },
      },
    ]);
  });

  it('the calendars of Alpha Vantage and DoltHub', () => {
    const { events, reading } = parseCsvEvents(
      'symbol,name,reportDate,fiscalDateEnding,estimate,currency,timeOfTheDay\nA,Agilent,2026-08-18,2026-07-31,1.3,USD,post-market',
    );
    expect(events).toMatchObject([{ symbol: 'A', date: '2026-08-18', time: 'after' }]);
    expect(reading).toEqual({
      readAs: 'symbol, date (reportDate), time (timeOfTheDay)',
      ...{ leftOut: 0, leftOutSymbols: [] },
    });
    expect(eventsOf('act_symbol,date,when', 'A,2026-08-18,Before market open')).toMatchObject([
      { time: 'before' },
    ]);
  });

  it.each([
    ['before', 'before'],
    ['BMO', 'before'],
    ['pre-market', 'before'],
    ['time-pre-market', 'before'],
    ['after', 'after'],
    ['amc', 'after'],
    ['After market close', 'after'],
    ['post', 'after'],
    ['', null],
    ['unknown', null],
    ['time-not-supplied', null],
    ['dmh', null],
  ])('a time written "%s" as %s', (written, time) => {
    expect(eventsOf('symbol,date,time', `A,2026-08-18,${written}`)[0].time).toBe(time);
  });

  it.each([
    ['2026-08-01T20:15:00Z', '2026-08-01T20:15:00Z'],
    ['2026-08-01 20:15+02:00', '2026-08-01T18:15:00Z'],
    ['2026-08-01T20:00:00.000Z', '2026-08-01T20:00:00Z'],
    // Not before the close at 20:00:00.
    ['2026-08-01T20:00:00.250Z', '2026-08-01T20:00:01Z'],
    // By the end of the date in UTC, which is before the next close in New York and after that of the date.
    ['2026-08-01', '2026-08-02T00:00:00Z'],
    ['2026-08-18', '2026-08-19T00:00:00Z'],
    ['', null],
  ])('a known_at written "%s" as %s', (written, knownAt) => {
    expect(eventsOf('symbol,date,known_at', `A,2026-08-18,${written}`)[0].knownAt).toBe(knownAt);
  });

  it('dates without a session, and two kinds on one date', () => {
    expect(eventsOf('symbol,date,kind', 'A,2026-08-15,earnings', 'A,2026-08-15,split')).toHaveLength(2);
  });

  it('what yfinance writes for one symbol: instants, and no column of symbols', () => {
    const lines = [
      'Earnings Date,EPS Estimate',
      '2026-10-29 16:00:00-04:00,1',
      '2026-07-30 06:30:00-04:00,1',
    ];
    const more = [
      '2026-05-01 00:30:00+02:00,1',
      '2026-01-29 12:00:00-05:00,1',
      '2025-10-30 00:00:00-04:00,1',
    ];
    const { events } = parseCsvEvents([...lines, ...more].join('\n'), { symbols: ['AAPL'] });
    expect(events.map(({ symbol, date, time }) => [symbol, date, time])).toEqual([
      ['AAPL', '2026-10-29', 'after'],
      ['AAPL', '2026-07-30', 'before'],
      ['AAPL', '2026-04-30', 'after'],
      ['AAPL', '2026-01-29', null],
      ['AAPL', '2025-10-30', null],
    ]);
    expect(() => parseCsvEvents(lines.join('\n'), { symbols: ['AAPL', 'MSFT'] })).toThrow('lacks symbol');
    const said = parseCsvEvents('symbol,date,time\nA,2026-10-29T16:00:00-04:00,bmo').events;
    expect(said[0].time).toBe('before');
  });

  it('only the symbols that are asked for, without a look at the others', () => {
    const text = 'symbol,date\nA,2026-08-18\nno symbol,nothing\nC,2026-08-20\nC,2026-08-20';
    const { events, reading } = parseCsvEvents(text, { symbols: ['A', 'B'] });
    expect(events.map(({ symbol }) => symbol)).toEqual(['A']);
    expect(reading).toMatchObject({ leftOut: 3, leftOutSymbols: ['C', 'NO SYMBOL'] });
  });
});

describe('parseCsvEvents refuses', () => {
  it.each([
    ['empty_file', [''], 'empty'],
    ['empty_file', [',,', ' ,""'], 'empty'],
    ['not_csv', ['{"symbol": "A"}'], 'JSON'],
    ['malformed_csv', ['symbol,date', '"A,2026-08-18'], 'Line 2'],
    ['malformed_csv', ['symbol,date', 'A,2026-08-18,after'], 'it has 3 fields, and the header 2'],
    ['missing_column', ['symbol,day', 'A,2026-08-18'], 'The header lacks date'],
    ['ambiguous_column', ['symbol,date,report_date', 'A,2026-08-18,2026-08-19'], '"report_date" (column 3)'],
    ['ambiguous_date', ['symbol,date', 'A,08/09/2026'], 'no other date in the file decides'],
    ['spreadsheet_dates', ['symbol,date', 'A,46252'], 'such as 46252'],
    ['no_events', ['symbol,date'], 'no events below it'],
    ['invalid_symbol', ['symbol,date', 'A B,2026-08-18'], '"A B" is no symbol'],
    ['invalid_symbol', ['symbol,date', ',2026-08-18'], '"" is no symbol'],
    ['invalid_date', ['symbol,date', 'A,2026-02-30'], '"2026-02-30" is no date'],
    ['invalid_date', ['symbol,date', 'A,2026-08-18 20:30:00'], '"2026-08-18 20:30:00" is neither'],
    ['invalid_date', ['symbol,date', 'A,1787085000'], '"1787085000" is neither'],
    ['invalid_kind', ['symbol,date,kind', 'A,2026-08-18,10-Q'], 'kind is "10-Q"'],
    ['invalid_event_time', ['symbol,date,time', 'A,2026-08-18,16:30'], 'time is "16:30"'],
    [
      'invalid_known_at',
      ['symbol,date,known_at', 'A,2026-08-18,2026-08-01T10:00'],
      'known_at is "2026-08-01T10:00"',
    ],
    [
      'known_after_event',
      ['symbol,date,known_at', 'A,2026-08-18,2026-08-19T04:00:01Z'],
      'lies after the event',
    ],
    [
      'invalid_source',
      ['symbol,date,source', `A,2026-08-18,${'x'.repeat(101)}`],
      'source has 101 characters',
    ],
    ['duplicate_event', ['symbol,date', 'A,2026-08-18', 'B,2026-08-18', 'a,2026-08-18'], 'on line 2 too'],
  ])('%s: %j', (code, lines, saying) => {
    expect(refusal(lines)).toMatchObject({ code, message: expect.stringContaining(saying) });
  });

  it('more events than a file may hold', () => {
    const lines = Array.from({ length: MAXIMUM_EVENTS_PER_FILE + 1 }, () => 'A,2026-08-18');
    expect(refusal(['symbol,date', ...lines]).code).toBe('too_many_events');
  });

  it('all faults at once: the first 20 by line and date, and how many there are', () => {
    const rows = Array.from({ length: 22 }, () => 'A,2026-08-18,noon,2027-01-01');
    const { code, message, details } = refusal(['symbol,date,time,known_at', 'A,soon,,', ...rows]);
    expect(code).toBe('invalid_date');
    expect(message).toContain('The file has 66 faults');
    expect(details).toMatchObject({ line: 2, faults: 66 });
    expect(details.first_faults).toHaveLength(20);
    expect(message).toContain('Line 3 (2026-08-18): time is "noon"');
  });
});
