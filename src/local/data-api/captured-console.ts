import { AsyncLocalStorage } from 'node:async_hooks';
import { format } from 'node:util';
import { RelationNotFoundError } from '@supabase/lite';
import { isDatabaseError } from './local-connection.ts';

const scope = new AsyncLocalStorage<(line: string) => void>();
let installed = false;

/**
 * Runs a request of `@supabase/lite` with what it prints sent to `log`: it prints every failed request to the console of the
 * process it is part of. Errors that the client gets whole are dropped.
 */
export function withCapturedConsole<T>(log: (line: string) => void, run: () => T): T {
  install();
  return scope.run(log, run);
}

function install(): void {
  if (installed) return;
  installed = true;
  for (const method of ['log', 'warn', 'error'] as const) {
    const original = console[method];
    console[method] = (...values: unknown[]) => {
      const log = scope.getStore();
      if (log === undefined) original.apply(console, values);
      // Outside the scope, because a log that prints would come back here.
      else if (!isAnswered(values[0])) scope.exit(() => log(format(...values)));
    };
  }
}

function isAnswered(value: unknown): boolean {
  return isDatabaseError(value) || value instanceof RelationNotFoundError;
}
