// npm run canary -- COMMAND: the rollout of a candidate, from deploying it to completing or rolling it back.
import { exitWithError } from '../exit-with-error.ts';
import { interruptedStatus, watchForInterruption } from '../interruption.ts';
import { helpText } from '../options/help-text.ts';
import { print, printJson, tell } from '../print.ts';
import { CANARY, parseCanaryOptions } from './canary-options.ts';
import { runCommand } from './run-command.ts';

async function main(): Promise<number> {
  const options = parseCanaryOptions(process.argv.slice(2));
  if (options === null) {
    print(helpText(CANARY));
    return 0;
  }
  const interruption = watchForInterruption();
  const done = runCommand(options, process.env, tell);
  // What a command still throws after it was told to end is no news.
  done.catch(() => {});
  const result = await Promise.race([done, interruption.asked.then(() => null)]);
  if (result === null) {
    const signal = interruption.signal ?? 'SIGINT';
    tell(`${signal}: broken off; every step may be run again`);
    return interruptedStatus(signal);
  }
  if (options.json) printJson(result.document);
  else print(result.text);
  return result.status;
}

main().then((status) => {
  process.exitCode = status;
  // A stack of this process's goes down with it: its watchdog sees to that.
  if (status > 128) process.exit();
}, exitWithError);
