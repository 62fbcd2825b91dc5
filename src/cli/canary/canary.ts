// npm run canary -- COMMAND: the rollout of a candidate, from deploying it to completing or rolling it back.
import { exitWithError } from '../exit-with-error.ts';
import { interruptedStatus, watchForInterruption } from '../interruption.ts';
import { CANARY_USAGE, type CanaryOptions, parseCanaryOptions } from './canary-options.ts';
import type { CommandResult } from './commands/command-result.ts';
import { decide } from './commands/decide.ts';
import { report } from './commands/report.ts';

async function main(): Promise<number> {
  const options = parseCanaryOptions(process.argv.slice(2));
  if (options === null) {
    console.log(CANARY_USAGE);
    return 0;
  }
  const interruption = watchForInterruption();
  const done = run(options);
  // What a command still throws after it was told to end is no news.
  done.catch(() => {});
  const result = await Promise.race([done, interruption.asked.then(() => null)]);
  if (result === null) {
    const signal = interruption.signal ?? 'SIGINT';
    console.error(`${signal}: broken off; every step may be run again`);
    return interruptedStatus(signal);
  }
  console.log(options.json ? JSON.stringify(result.document, null, 2) : result.text);
  return result.status;
}

async function run(options: CanaryOptions): Promise<CommandResult> {
  const tell = (line: string) => console.error(line);
  if (options.command === 'deploy') {
    // Only here: a rollback should not wait for all that deploying takes.
    const { deployCommand } = await import('./commands/deploy-command.ts');
    return await deployCommand(options, process.env, tell);
  }
  if (options.command === 'report') return await report(options, process.env, tell);
  return await decide(options.command, options, process.env, tell);
}

main().then((status) => {
  process.exitCode = status;
  // A stack of this process's goes down with it: its watchdog sees to that.
  if (status > 128) process.exit();
}, exitWithError);
