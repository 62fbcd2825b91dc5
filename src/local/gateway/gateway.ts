import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { SessionTokens } from '../auth/session-tokens.ts';
import type { DataApi } from '../data-api/data-api.ts';
import { StackStartError } from '../errors/stack-start-error.ts';
import type { FunctionPool } from '../functions/function-pool.ts';
import { answerWithFetch } from './answer-with-fetch.ts';
import { proxyToFunction } from './proxy-to-function.ts';
import { respondJson } from './respond.ts';

/** What the gateway passes requests on to, once it is there. */
export interface Services {
  readonly dataApi: Pick<DataApi, 'fetch'>;
  readonly functions: FunctionPool;
  readonly tokens: SessionTokens;
}

export interface GatewayOptions {
  /** The port, or the first one to try; 0 takes any. */
  readonly port: number;
  /** Fail when the port is taken, instead of trying the next. */
  readonly strictPort: boolean;
  /** How long a function may take to begin its answer, in milliseconds. Default 150,000, as hosted. */
  readonly functionTimeout?: number;
  readonly log: (line: string) => void;
}

/** The one HTTP port: `/rest/v1`, `/auth/v1` and `/functions/v1/NAME`, on 127.0.0.1. */
export interface Gateway {
  readonly port: number;
  readonly url: string;
  /** Until this is called every request is answered with 503. */
  serve(services: Services): void;
  /** Takes no new request, gives those under way `graceMilliseconds`, then closes their connections. */
  close(graceMilliseconds: number): Promise<void>;
}

const FUNCTION_TIMEOUT = 150_000;
const PORTS_TRIED = 200;

/** @throws {StackStartError} `port_in_use` */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  let services: Services | null = null;
  let url = '';
  const server = createServer((request, response) => {
    handle(request, response).catch((error: Error) => {
      if (!response.destroyed) options.log(`gateway: ${request.method} ${pathOf(request)}: ${error.message}`);
      if (response.headersSent) response.destroy();
      else respondJson(response, 500, { message: 'An unexpected error occurred' });
    });
  });
  // A function has 150 s: the server's own limit on receiving a request (300 s) stays above it.
  server.keepAliveTimeout = 30_000;

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    // A client that goes away is no error of ours.
    request.on('error', () => {});
    response.on('error', () => {});
    if (services === null) {
      respondJson(response, 503, { message: 'The stack is starting' }, { 'retry-after': '1' });
      return;
    }
    const { dataApi, functions, tokens } = services;
    const path = pathOf(request);
    if (path.startsWith('/rest/v1') || path.startsWith('/auth/v1')) {
      await answerWithFetch(request, response, url, (webRequest) => dataApi.fetch(webRequest));
      return;
    }
    const match = /^\/functions\/v1\/([^/?]+)(.*)$/.exec(request.url ?? '/');
    if (match === null) {
      respondJson(response, 404, { message: 'no Route matched with those values' });
      return;
    }
    const [, name, rest] = match as unknown as [string, string, string];
    const definition = functions.definition(decodeName(name));
    if (definition === undefined) {
      respondJson(response, 404, { code: 'NOT_FOUND', message: 'Requested function was not found' });
      return;
    }
    // A browser's preflight carries no token; hosted lets it through too.
    if (definition.verifyJwt && request.method !== 'OPTIONS') {
      const refusal = whyRefused(request.headers.authorization, tokens);
      if (refusal !== null) {
        respondJson(response, 401, refusal);
        return;
      }
    }
    const connection = await functions.connect(definition.name);
    if (connection === null) {
      respondJson(response, 503, {
        code: 'BOOT_ERROR',
        message: 'Function failed to start (please check logs)',
      });
      return;
    }
    const timeout = options.functionTimeout ?? FUNCTION_TIMEOUT;
    const { instance, socket } = connection;
    if (response.destroyed) {
      socket.destroy();
      instance.release();
      return;
    }
    await proxyToFunction(request, response, instance, socket, `/${definition.name}${rest}`, timeout);
  };

  const port = await listen(server, options);
  url = `http://127.0.0.1:${port}`;
  return {
    port,
    url,
    serve(available) {
      services = available;
    },
    close: (graceMilliseconds) => close(server, graceMilliseconds),
  };
}

/** The platform's check when `verify_jwt` is on: a user's token of this project that has not expired. */
function whyRefused(
  authorization: string | undefined,
  tokens: SessionTokens,
): { code: string; message: string } | null {
  if (authorization === undefined) {
    return { code: 'UNAUTHORIZED_NO_AUTH_HEADER', message: 'Missing authorization header' };
  }
  const token = /^Bearer\s+(\S+)$/i.exec(authorization)?.[1];
  if (token === undefined || tokens.verify(token, Date.now() / 1000) === null) {
    return { code: 'UNAUTHORIZED_INVALID_JWT_FORMAT', message: 'Invalid JWT' };
  }
  return null;
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0]!;
}

function decodeName(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

async function listen(server: Server, { port, strictPort }: GatewayOptions): Promise<number> {
  const last = strictPort ? port : Math.min(port + PORTS_TRIED, 65_535);
  for (let candidate = port; candidate <= last; candidate++) {
    if (await tryListen(server, candidate)) return (server.address() as { port: number }).port;
  }
  throw new StackStartError(
    'port_in_use',
    strictPort ? `Port ${port} is in use: choose another` : `No port from ${port} to ${last} is free`,
    { port },
  );
}

function tryListen(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => {
      server.off('listening', onListening);
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
      else reject(error);
    };
    const onListening = () => {
      server.off('error', onError);
      resolve(true);
    };
    server.once('error', onError);
    server.once('listening', onListening);
    server.listen(port, '127.0.0.1');
  });
}

async function close(server: Server, graceMilliseconds: number): Promise<void> {
  const timer = setTimeout(() => server.closeAllConnections(), graceMilliseconds);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
  clearTimeout(timer);
}
