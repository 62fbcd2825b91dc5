import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FunctionInstance } from '../functions/function-instance.ts';
import { respondJson } from './respond.ts';

/** Headers that speak of one connection and are not passed on (RFC 9110, 7.6.1). */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Passes a request on to a function's process and its answer back, both as streams.
 *
 * Without an answer within `timeoutMilliseconds` the client gets 504, as on the hosted platform; when the process dies, 546.
 *
 * @param instance released at the end
 * @param socket a connection to the process
 * @param path what the function sees: `/<name>/...`, as hosted functions do
 */
export function proxyToFunction(
  request: IncomingMessage,
  response: ServerResponse,
  instance: FunctionInstance,
  socket: Socket,
  path: string,
  timeoutMilliseconds: number,
): Promise<void> {
  return new Promise((resolve) => {
    let timedOut = false;
    const upstream = httpRequest({
      createConnection: () => socket,
      method: request.method,
      path,
      headers: {
        ...withoutHopByHop(request.headers),
        'x-forwarded-for': request.socket.remoteAddress ?? '127.0.0.1',
        'x-forwarded-host': request.headers.host ?? '',
        'x-forwarded-proto': 'http',
        ...(request.headers['transfer-encoding'] === undefined
          ? undefined
          : { 'transfer-encoding': 'chunked' }),
      },
    });
    const timer = setTimeout(() => {
      timedOut = true;
      upstream.destroy();
    }, timeoutMilliseconds);
    let done = false;
    const finish = () => {
      if (done) return;
      done = true;
      clearTimeout(timer);
      instance.release();
      // What the function did not read of the body is read here, so that the client can finish sending and hear the answer.
      request.unpipe(upstream);
      request.resume();
      resolve();
    };

    upstream.once('response', (answer) => {
      clearTimeout(timer);
      response.writeHead(answer.statusCode ?? 502, withoutHopByHop(answer.headers));
      answer.pipe(response);
      answer.once('end', finish);
      answer.once('error', () => {
        response.destroy();
        finish();
      });
      // An answer that came before the whole body was sent: the rest goes nowhere.
      request.unpipe(upstream);
      request.resume();
    });
    upstream.once('error', () => {
      if (timedOut) {
        respondJson(response, 504, {
          code: 'IDLE_TIMEOUT',
          message: `Request idle timeout limit (${timeoutMilliseconds / 1000}s) reached`,
        });
      } else {
        if (!response.destroyed) instance.suspect();
        respondJson(response, 546, {
          code: 'WORKER_LIMIT',
          message: 'Function failed due to not having enough compute resources (please check logs)',
        });
      }
      finish();
    });
    response.once('close', () => {
      // The client is gone, or everything was sent.
      if (!response.writableFinished) upstream.destroy();
      finish();
    });
    request.once('error', () => upstream.destroy());
    request.pipe(upstream);
  });
}

function withoutHopByHop(headers: NodeJS.Dict<string | string[]>): Record<string, string | string[]> {
  const kept: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !HOP_BY_HOP.has(name)) kept[name] = value;
  }
  return kept;
}
