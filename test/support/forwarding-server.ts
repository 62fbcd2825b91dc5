import { request as askFor, createServer } from 'node:http';

/** Where the functions of the tests' stack are told that providers are: a test says to whom its requests go on. */
export interface ForwardingServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** The path that takes the target, as text, in a POST. */
export const TARGET_PATH = '/__target';

/**
 * Starts before the stack, whose environment is fixed from then on, and lives as long. Without a target it answers 503.
 */
export async function startForwardingServer(): Promise<ForwardingServer> {
  let target: string | undefined;
  const server = createServer((request, response) => {
    if (request.url === TARGET_PATH) {
      target = undefined;
      request.setEncoding('utf8').on('data', (text) => {
        target = (target ?? '') + text;
      });
      request.on('end', () => response.end());
      return;
    }
    if (target === undefined) {
      response.writeHead(503).end('no test is a provider now');
      return;
    }
    const { method, headers } = request;
    const onward = askFor(`${target}${request.url}`, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
      answer.on('error', () => response.destroy());
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Says to whom requests go on; empty: to nobody. */
export async function forwardTo(server: string, target: string): Promise<void> {
  await fetch(`${server}${TARGET_PATH}`, { method: 'POST', body: target });
}
