import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** Answers a message, well, badly or not at all. */
export type WebhookAnswer = (request: IncomingMessage, response: ServerResponse) => void;

/** A webhook on 127.0.0.1 that keeps what it is told. */
export interface WebhookServer {
  readonly port: number;
  /** Its address, with a path that must not turn up anywhere. */
  readonly address: string;
  /** The texts of the messages that arrived, whole, in order. */
  readonly told: readonly string[];
  /** Answers in turn; the last one stays. */
  answerWith(...answers: WebhookAnswer[]): void;
  stop(): Promise<void>;
}

/** What a path of this kind stands for in the tests: a secret. */
const PLANTED_PATH = '/services/T0/B0/planted-webhook-7c19e2';

export const status =
  (code: number): WebhookAnswer =>
  (_, response) =>
    response.writeHead(code).end(code < 300 ? 'ok' : 'no');

/** Takes the message and says nothing. */
export const silence: WebhookAnswer = () => {};

/** Takes the message and cuts the connection. */
export const cut: WebhookAnswer = (request) => request.socket.destroy();

export async function startWebhookServer(port = 0): Promise<WebhookServer> {
  let answers: WebhookAnswer[] = [status(200)];
  const told: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text) => {
      body += text;
    });
    request.on('end', () => {
      if (request.url === PLANTED_PATH && request.method === 'POST') told.push(JSON.parse(body).text);
      const answer = answers.length > 1 ? answers.shift()! : answers[0]!;
      answer(request, response);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: taken } = server.address() as { port: number };
  return {
    port: taken,
    address: `http://127.0.0.1:${taken}${PLANTED_PATH}`,
    told,
    answerWith(...next) {
      answers = next;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
