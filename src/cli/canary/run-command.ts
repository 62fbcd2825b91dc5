import type { CanaryOptions } from './canary-options.ts';
import type { CommandResult } from './commands/command-result.ts';
import { decide } from './commands/decide.ts';
import { report } from './commands/report.ts';

/**
 * Runs a command to its end.
 *
 * @param environment this process's
 * @param tell gets lines for people, of what is going on
 * @throws PlumblineError with the code and message that a person is shown
 */
export async function runCommand(
  options: CanaryOptions,
  environment: Readonly<Record<string, string | undefined>>,
  tell: (line: string) => void,
): Promise<CommandResult> {
  if (options.command === 'deploy') {
    // Only here: a rollback should not wait for all that deploying takes.
    const { deployCommand } = await import('./commands/deploy-command.ts');
    return await deployCommand(options, environment, tell);
  }
  if (options.command === 'report') return await report(options, environment, tell);
  return await decide(options, environment, tell);
}
