import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ReplayedSymbol } from './replayed-prices.ts';

/** Daily bars in Tiingo's shape, as far as they are out by the replay's clock. */
export interface ReplayedProvider {
  /** Without a slash at its end. */
  readonly url: string;
  /** The last date whose bars can be had, `YYYY-MM-DD`. */
  until: string;
  /** Symbols that are answered with status 503. */
  out: readonly string[];
  stop(): Promise<void>;
}

/** Serves replayed prices on 127.0.0.1, where `ingest-bars` asks for them. */
export async function startReplayedProvider(symbols: readonly ReplayedSymbol[]): Promise<ReplayedProvider> {
  const server = createServer((request, response) => {
    const url = new URL(request.url!, 'http://127.0.0.1');
    const name = url.pathname.split('/')[3];
    const from = url.searchParams.get('startDate') ?? '';
    const symbol = symbols.find((some) => some.symbol === name);
    response.setHeader('content-type', 'application/json');
    if (symbol === undefined) response.writeHead(404).end('{"detail":"Not found."}');
    else if (provider.out.includes(name)) {
      // A wait that no job has time for: it goes back to the queue at once.
      response.writeHead(503, { 'retry-after': '300' }).end('{"detail":"Service unavailable."}');
    } else {
      const bars = symbol.bars['1D']!.filter(({ time }) => time >= from && time <= provider.until);
      response.end(
        JSON.stringify(bars.map(({ time, ...prices }) => ({ date: `${time}T00:00:00.000Z`, ...prices }))),
      );
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const provider: ReplayedProvider = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    until: '',
    out: [],
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return provider;
}
