import { NoStackError } from '../../../local/running-stack.ts';
import type { Target } from './target.ts';

/** Nobody to ask: for printing what would be done. Whatever is asked is refused. */
export function noTarget(name: string): Target {
  const refuse = () => {
    throw new NoStackError('no_stack', `There is no stack to ask: ${name}`);
  };
  return {
    kind: 'embedded',
    name,
    get store(): never {
      return refuse();
    },
    get rollouts(): never {
      return refuse();
    },
    query: async () => refuse(),
    execute: async () => refuse(),
    pendingMigrations: async () => refuse(),
    applyMigrations: async () => refuse(),
    servedFunctions: async () => refuse(),
    deployFunctions: async () => refuse(),
    pollInterval: 0,
    async close() {},
  };
}
