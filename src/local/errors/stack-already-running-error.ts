import { PlumblineError } from '../../shared/errors/plumbline-error.ts';

/** The stack that holds a data directory. */
export interface RunningStack {
  readonly pid: number;
  /** Null while it starts. */
  readonly url: string | null;
  /** Null: on this machine and in this PID namespace; else the name of the host or container. */
  readonly host: string | null;
}

/**
 * Another process already uses the data directory. `details` has `pid`, `url` and `host` of its stack; they are null when that has ended,
 * and something it started has not.
 */
export class StackAlreadyRunningError extends PlumblineError {
  constructor(dataDirectory: string, marker: string, running: RunningStack | null) {
    super('stack_already_running', message(dataDirectory, marker, running), {
      dataDirectory,
      ...(running ?? { pid: null, url: null, host: null }),
    });
  }
}

function message(dataDirectory: string, marker: string, running: RunningStack | null): string {
  if (running === null) {
    return `The stack of ${dataDirectory} has ended, but something it started has not: end it (fuser ${marker} names it), then start again`;
  }
  const { pid, url, host } = running;
  const serves = url ?? 'starting';
  return host === null
    ? `The stack of ${dataDirectory} already runs (process ${pid}, ${serves}): use it, or stop it first`
    : `The stack of ${dataDirectory} already runs in another container or on another host (${host}, process ${pid} there, ${serves}): ` +
        'stop it there, or choose another directory with --data DIR';
}
