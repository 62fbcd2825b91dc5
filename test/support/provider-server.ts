import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** Answers a request to a provider, well or badly. */
export type ProviderAnswer = (request: IncomingMessage, response: ServerResponse) => void;

/** A provider of market data on 127.0.0.1, whose next answers a test decides. */
export interface ProviderServer {
  /** Without a slash at its end. */
  readonly url: string;
  /** Paths with their queries, in order, since the last `answerWith`. */
  readonly asked: readonly string[];
  /** Answers in turn; the last one stays. */
  answerWith(...answers: ProviderAnswer[]): void;
  stop(): Promise<void>;
}

export async function startProviderServer(port = 0): Promise<ProviderServer> {
  let queue: ProviderAnswer[] = [];
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url!);
    const answer = queue.length > 1 ? queue.shift() : queue[0];
    if (answer === undefined) response.writeHead(503).end('nothing was prepared');
    else answer(request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    asked,
    answerWith(...answers) {
      queue = answers;
      asked.length = 0;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Any text with a status and headers; content type JSON where none is given. */
export function text(body: string, status = 200, headers: Record<string, string> = {}): ProviderAnswer {
  return (_, response) =>
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers }).end(body);
}

export function json(value: unknown, status = 200, headers: Record<string, string> = {}): ProviderAnswer {
  return text(JSON.stringify(value), status, headers);
}

/** A head and half a body, and then nothing. */
export const neverEnding: ProviderAnswer = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('{"bars":[');
};

/** The connection is cut in the middle of the body. */
export const cutOff: ProviderAnswer = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
  response.write('{"bars":[', () => response.destroy());
};

/** Plain prices of a session, as the bar of any provider. */
export interface PlainBar {
  /** `YYYY-MM-DD`, or the start of half an hour. */
  readonly time: string;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** A page as Alpaca gives it. */
export function alpacaPage(symbol: string, bars: readonly PlainBar[], token: string | null = null) {
  return {
    bars: bars.map((bar) => ({
      // Daily bars begin at midnight in New York.
      t: bar.time.length === 10 ? `${bar.time}T05:00:00Z` : bar.time,
      ...{ o: bar.open, h: bar.high, l: bar.low, c: bar.close, v: bar.volume, n: 12, vw: bar.close },
    })),
    symbol,
    next_page_token: token,
  };
}

/** A file as Cboe gives it. */
export function cboeFile(bars: readonly PlainBar[]): ProviderAnswer {
  const rows = bars.map(({ time, open, high, low, close }) => {
    const [year, month, day] = time.split('-');
    return [`${month}/${day}/${year}`, ...[open, high, low, close].map((price) => price.toFixed(6))].join();
  });
  return text(`${['DATE,OPEN,HIGH,LOW,CLOSE', ...rows].join('\n')}\n`, 200, { 'content-type': 'text/csv' });
}

/** An answer as Tiingo gives it; `factor` is what raw prices are of the adjusted ones. */
export function tiingoPrices(bars: readonly PlainBar[], factor = 1) {
  return bars.map((bar) => ({
    date: `${bar.time}T00:00:00.000Z`,
    ...{ close: bar.close * factor, high: bar.high * factor, low: bar.low * factor, open: bar.open * factor },
    volume: bar.volume,
    ...{ adjClose: bar.close, adjHigh: bar.high, adjLow: bar.low, adjOpen: bar.open, adjVolume: bar.volume },
    ...{ divCash: 0, splitFactor: 1 },
  }));
}
