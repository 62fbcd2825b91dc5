import { spawnSync } from 'node:child_process';

/** What is deployed, as git knows it. */
export interface SourceState {
  /** Null where there is no git or no commit. */
  readonly commit: string | null;
  /** Whether the files are the commit's. */
  readonly clean: boolean;
}

/** The state of a checkout. */
export function sourceState(directory: string): SourceState {
  const git = (...args: string[]) => spawnSync('git', args, { cwd: directory, encoding: 'utf8' });
  const head = git('rev-parse', 'HEAD');
  if (head.status !== 0) return { commit: null, clean: false };
  const changes = git('status', '--porcelain');
  return { commit: head.stdout.trim(), clean: changes.status === 0 && changes.stdout.trim() === '' };
}
