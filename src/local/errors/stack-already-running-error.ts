import { PlumblineError } from '../../shared/errors/plumbline-error.ts';

/** Another process already serves the data directory. `details` has its `url` (null while it starts) and `pid`. */
export class StackAlreadyRunningError extends PlumblineError {
  constructor(dataDirectory: string, pid: number, url: string | null) {
    super(
      'stack_already_running',
      `The stack of ${dataDirectory} already runs (process ${pid}, ${url ?? 'starting'}): use it, or stop it first`,
      { dataDirectory, pid, url },
    );
  }
}
