// A process that runs a stack as `npm start` does: started, and killed, by lifecycle.test.ts.
//
// Usage: tsx run-stack.ts PROJECT DATA [fresh|durable]; durable: what was acknowledged outlives Postgres, however it ends
import { startStack } from '../../../src/local/stack.ts';

const [projectDirectory, dataDirectory, how] = process.argv.slice(2) as [string, string, string?];

function say(message: unknown): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

async function main(): Promise<void> {
  const stack = await startStack({
    projectDirectory,
    dataDirectory,
    port: 0,
    fsync: how === 'durable',
    netPause: 100,
    fresh: how === 'fresh',
    log: () => {},
  });
  stack.failed.then(async ({ code, message }) => {
    await stack.stop();
    say({ code, message });
    process.exit(1);
  });
  process.once('SIGTERM', () => stack.stop().then(() => process.exit(0)));
  say({ url: stack.url, databaseUrl: stack.databaseUrl, children: stack.childProcessIds });
}

main().catch((error) => {
  say({ code: error.code, message: error.message, details: error.details });
  process.exit(1);
});
