// Ends the stack's children when the stack dies without doing so (kill -9). Its standard input is a pipe from the stack: each
// line is the list of the children at that moment, and when the pipe closes, the stack has ended and those of the last line
// with it. An orderly stop sends an empty list first.
import { endProcesses } from './end-processes.mjs';

const GRACE = 5_000;

let received = '';
/** @type {Parameters<typeof endProcesses>[0]} */
let children = [];

// Signals to the whole group of the terminal are for the stack, which then closes the pipe.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});

process.stdin.setEncoding('utf8');
process.stdin.on('data', (text) => {
  received += text;
  const end = received.lastIndexOf('\n');
  if (end < 0) return;
  // A line cut off by the stack's end is left aside.
  const last = received.lastIndexOf('\n', end - 1);
  children = JSON.parse(received.slice(last + 1, end));
  received = received.slice(end + 1);
});
process.stdin.on('error', () => {});
process.stdin.on('close', async () => {
  await endProcesses(children, GRACE);
  process.exit(0);
});
