import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NEW_YORK } from '../../../src/shared/calendars/built-in-calendars.ts';
import { parseProviderEnvironment } from '../../../src/shared/contracts/environment.ts';
import { createProvider } from '../../../src/shared/market-data/create-provider.ts';
import { DEFAULT_REQUEST_LIMITS } from '../../../src/shared/market-data/provider-client.ts';
import {
  cboeFile,
  type ProviderAnswer,
  type ProviderServer,
  startProviderServer,
  text,
} from '../../support/provider-server.ts';
import { BARS, CBOE, collectFrom, host, NOW } from './asked-provider.ts';

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.stop());

const collect = (answer: ProviderAnswer, closesOnly = true, ...others: ProviderAnswer[]) =>
  collectFrom(server, [answer, ...others], CBOE, DEFAULT_REQUEST_LIMITS, { closesOnly });
const OLD = { ...BARS[0], time: '1990-01-02', low: 0 };
const [FIRST, SECOND] = BARS;
/** Of a bar what its close says. */
const byClose = BARS.map(({ time, close }) => {
  const price = Number(close.toFixed(6));
  return { time, open: price, high: price, low: price, close: price, volume: null };
});

describe('Cboe', () => {
  it('is asked for one file without a key, of which older rows are not looked at', async () => {
    const { bars, gaps, asked } = await collect(cboeFile([OLD, ...BARS]));
    expect(bars).toEqual(byClose);
    expect(gaps).toEqual([]);
    expect(asked).toEqual(['/api/global/us_indices/daily_prices/TEST_History.csv']);
  });

  it('gives bars whose lows are impossible, where closes alone count; else they are refused', async () => {
    const file = cboeFile([FIRST, { ...SECOND, low: 9 * SECOND.high }, ...BARS.slice(2)]);
    expect((await collect(file)).bars).toEqual(byClose);
    const { error } = await collect(file, false);
    expect(error).toMatchObject({ code: 'provider_bad_answer', retryable: false });
    expect(error!.message).toMatch(/^Cboe gave a wrong file: Line 3 \(2024-03-04\): /);
  });

  it('has dates month first, where no date of the file decides', async () => {
    const early = BARS.filter(({ time }) => time < '2024-03-13');
    expect((await collect(cboeFile(early))).bars!.map(({ time }) => time)).toEqual(
      early.map(({ time }) => time),
    );
  });

  it('says of a session that its file lacks that the bar is missing', async () => {
    const { bars, gaps } = await collect(cboeFile(BARS.slice(0, 10)));
    expect(bars).toHaveLength(10);
    const { time } = BARS[10];
    expect(gaps).toEqual([{ time, reason: 'missing', message: `Cboe has no bar of ${time}` }]);
  });

  it.each<[string, ProviderAnswer, string]>([
    ['a page in HTML', text('<html>gone</html>', 200, { 'content-type': 'text/html' }), 'HTML'],
    ['an index of one column', text('DATE,VVIX\n03/01/2024,80.1\n'), 'lacks open, high, low, close'],
    ['nothing', text(''), 'empty'],
  ])('is not believed where it gives %s', async (_, answer, says) => {
    const { error } = await collect(answer);
    expect(error).toMatchObject({ code: 'provider_bad_answer' });
    expect(error!.message).toContain(says);
  });

  it('is asked again after a failure of its own', async () => {
    const { bars, waits } = await collect(text('busy', 503), true, cboeFile(BARS));
    expect(bars).toEqual(byClose);
    expect(waits).toHaveLength(1);
  });

  it('has no half sessions', async () => {
    const environment = parseProviderEnvironment(() => undefined);
    const provider = createProvider(CBOE, { environment, host: host().host, subject: 'test' });
    const query = {
      symbol: 'VIX',
      timeframe: '4h',
      calendar: NEW_YORK,
      from: '2024-03-01',
      now: NOW,
    } as const;
    await expect(provider.fetchBars(query)[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'unsupported_timeframe',
    });
  });
});
