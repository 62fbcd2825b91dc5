import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  acceptanceClockOf,
  type Filing,
} from '../../../src/shared/market-data/sec-filings/acceptance-clock.ts';
import { earningsOfFilings } from '../../../src/shared/market-data/sec-filings/earnings-of-filings.ts';
import { secEarnings } from '../../../src/shared/market-data/sec-filings/sec-earnings.ts';
import { json, type ProviderServer, startProviderServer } from '../../support/provider-server.ts';
import { host } from './asked-provider.ts';

// The shapes are the documented ones; nothing here was ever asked of the SEC.

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.stop());

const filing = (form: string, filingDate: string, acceptanceDateTime: string, items = ''): Filing => ({
  ...{ form, filingDate, acceptanceDateTime: `${acceptanceDateTime}.000Z`, items: items.split(',') },
});

/** Columns as the SEC writes them, with some that are not read. */
const columns = (filings: readonly Filing[]) => ({
  accessionNumber: filings.map((_, i) => `0000320193-24-${String(i).padStart(6, '0')}`),
  filingDate: filings.map((one) => one.filingDate),
  reportDate: filings.map(() => ''),
  acceptanceDateTime: filings.map((one) => one.acceptanceDateTime),
  act: filings.map(() => '34'),
  form: filings.map(({ form }) => form),
  items: filings.map(({ items }) => items.join(',')),
  size: filings.map(() => 400_000),
  isXBRL: filings.map(() => 1),
});

/** 16:30, 07:05 and 18:30 in New York, in summer, winter and summer. */
const IN_UTC = [
  filing('8-K', '2024-08-01', '2024-08-01T20:30:24', '2.02,9.01'),
  filing('8-K', '2024-02-01', '2024-02-01T12:05:00', '2.02'),
  filing('4', '2024-05-03', '2024-05-03T22:30:11'),
];
/** The same moments by a filer whose times are New York's. */
const IN_NEW_YORK = [
  filing('8-K', '2024-08-01', '2024-08-01T16:30:24', '2.02,9.01'),
  filing('8-K', '2024-02-01', '2024-02-01T07:05:00', '2.02'),
  filing('4', '2024-05-03', '2024-05-03T18:30:11'),
];

describe('the clock of a filer', () => {
  it('is told by what the other reading makes impossible', () => {
    // Accepted at 20:30 it would be filed on the next day.
    expect(acceptanceClockOf(IN_UTC)).toBe('utc');
    // 03:05 in New York: nothing is accepted then.
    expect(acceptanceClockOf(IN_NEW_YORK)).toBe('new_york');
  });

  it('is not told by times that either reading allows', () => {
    expect(acceptanceClockOf([filing('8-K', '2024-08-01', '2024-08-01T16:30:24', '2.02')])).toBeNull();
    expect(acceptanceClockOf([])).toBeNull();
  });
});

describe('the earnings of filings', () => {
  const event = (date: string, time: string | null) => ({
    ...{ symbol: 'AAPL', date, kind: 'earnings', time, knownAt: null, source: 'SEC 8-K item 2.02' },
  });

  it('are forms 8-K with item 2.02, with their time in New York, whatever the clock', () => {
    const expected = [event('2024-02-01', 'before'), event('2024-08-01', 'after')];
    expect(earningsOfFilings('AAPL', IN_UTC)).toEqual(expected);
    expect(earningsOfFilings('AAPL', IN_NEW_YORK)).toEqual(expected);
  });

  it('are no corrections, no other items, and item 12 until it was numbered anew', () => {
    const others = [
      filing('8-K/A', '2024-08-05', '2024-08-05T20:30:24', '2.02'),
      filing('8-K', '2024-08-06', '2024-08-06T20:30:24', '5.02,12.02'),
      filing('10-Q', '2024-08-02', '2024-08-02T20:30:24'),
      filing('8-K', '2004-07-14', '2004-07-14T20:30:24', '7,12'),
      filing('8-K', '2005-07-14', '2005-07-14T20:30:24', '12'),
    ];
    expect(earningsOfFilings('AAPL', [...others, ...IN_UTC]).map(({ date }) => date)).toEqual([
      ...['2004-07-14', '2024-02-01', '2024-08-01'],
    ]);
  });

  it('are one a date, the first; within the session and on days without one they have no time of day', () => {
    const more = [
      filing('8-K', '2024-08-01', '2024-08-01T21:10:00', '2.02'),
      filing('8-K', '2024-05-02', '2024-05-02T16:00:00', '2.02'),
      filing('8-K', '2024-11-29', '2024-11-29T18:15:00', '2.02'),
      filing('8-K', '2024-03-30', '2024-03-30T12:00:00', '2.02'),
    ];
    expect(earningsOfFilings('AAPL', [...IN_UTC, ...more]).map(({ date, time }) => [date, time])).toEqual([
      ['2024-02-01', 'before'],
      ['2024-03-30', null],
      ['2024-05-02', null],
      ['2024-08-01', 'after'],
      // A half day: it had closed at 13:00.
      ['2024-11-29', 'after'],
    ]);
  });

  it('whose clock is not told have a time of day only where both readings agree', () => {
    const read = (acceptance: string) =>
      earningsOfFilings('AAPL', [filing('8-K', '2024-08-01', acceptance, '2.02')]).map(({ date, time }) => [
        date,
        time,
      ]);
    // 12:30 or 16:30; 17:15 or 13:15.
    expect(read('2024-08-01T16:30:24')).toEqual([['2024-08-01', null]]);
    expect(read('2024-08-01T15:10:00')).toEqual([['2024-08-01', null]]);
  });
});

describe('the SEC', () => {
  const answer = (filings: readonly Filing[], more: object = {}, files: readonly object[] = []) =>
    json({
      cik: '0000320193',
      name: 'Apple Inc.',
      tickers: ['AAPL'],
      filings: { recent: columns(filings), files },
      ...more,
    });
  const ask = (symbol = 'AAPL') =>
    secEarnings([{ symbol, cik: 320_193 }], 'Ada ada@example.com', host().host, server.url);

  it('is asked for the latest filings and the files of older ones, with a contact', async () => {
    const file = (n: number, filingTo: string) => ({
      ...{
        name: `CIK0000320193-submissions-00${n}.json`,
        filingCount: 1,
        filingFrom: '1994-01-26',
        filingTo,
      },
    });
    let agent: string | undefined;
    server.answerWith(
      (request, response) => {
        agent = request.headers['user-agent'];
        answer([IN_UTC[0], IN_UTC[2]], {}, [file(1, '2024-02-01'), file(2, '2003-01-01')])(request, response);
      },
      json(columns([IN_UTC[1]])),
    );
    const { events, notes } = await ask();
    expect(events.map(({ date }) => date)).toEqual(['2024-02-01', '2024-08-01']);
    expect(notes).toEqual([]);
    expect(agent).toBe('Plumbline Ada ada@example.com');
    expect(server.asked).toEqual([
      '/submissions/CIK0000320193.json',
      '/submissions/CIK0000320193-submissions-001.json',
    ]);
  });

  it('says of whom the filings are, and a note tells where that is another, or its clock cannot be told', async () => {
    server.answerWith(answer([IN_NEW_YORK[0]]));
    const { events, notes } = await ask('MSFT');
    expect(events).toMatchObject([{ symbol: 'MSFT', time: null }]);
    expect(notes).toEqual([
      expect.stringContaining('The SEC has AAPL for CIK 320193'),
      expect.stringContaining('cannot be told'),
    ]);
  });

  it.each([
    ['of another filer', () => answer(IN_UTC, { cik: '0000789019' }), 'provider_bad_answer', 'CIK 789019'],
    [
      'with columns of different lengths',
      () => json({ cik: 320_193, filings: { recent: { ...columns(IN_UTC), items: [] } } }),
      'provider_bad_answer',
      'of one length',
    ],
    [
      'with a file of elsewhere',
      () => answer(IN_UTC, {}, [{ name: '../x.json', filingTo: '2024-01-01' }]),
      'provider_bad_answer',
      'CIK##########',
    ],
    [
      'with a file of another filer',
      () => answer(IN_UTC, {}, [{ name: 'CIK0000789019-submissions-001.json', filingTo: '2024-01-01' }]),
      'provider_bad_answer',
      'of another filer',
    ],
    [
      'that is no contact enough',
      () => json({}, 403),
      'provider_unauthorised',
      'The SEC answered with status 403',
    ],
    ['that there is nobody', () => json({}, 404), 'provider_unknown_symbol', '404'],
    ['without results', () => answer([IN_UTC[2]]), 'no_events', 'look the number up'],
  ])('is refused with an answer %s', async (_, prepared, code, saying) => {
    server.answerWith(prepared());
    await expect(ask()).rejects.toMatchObject({ code, message: expect.stringContaining(saying) });
  });
});
