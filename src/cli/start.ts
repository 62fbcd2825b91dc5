// npm start: sets up, starts the embedded Supabase, runs the main job, keeps serving.
import { startStack } from '../local/stack.ts';
import { findBarFiles, sampleBarFile } from './bar-files.ts';
import { PROJECT_DIRECTORY } from './data-directory.ts';
import { exitWithError } from './exit-with-error.ts';
import { runMainJob } from './main-job.ts';
import { reportTable } from './report-table.ts';
import { servingNotice } from './serving-notice.ts';
import { parseStartOptions, START_USAGE } from './start-options.ts';

async function main(): Promise<number> {
  const options = parseStartOptions(process.argv.slice(2));
  if (options.help) {
    console.log(START_USAGE);
    return 0;
  }
  // Before anything starts: a wrong path should not cost a start.
  const files = options.csv === undefined ? [sampleBarFile()] : findBarFiles(options.csv, options.symbols);

  const began = performance.now();
  const seconds = () => `${((performance.now() - began) / 1000).toFixed(1)} s`;
  const say = (line: string) => console.error(`[${seconds()}] ${line}`);

  let asked: () => void = () => {};
  const interrupted = new Promise<'interrupted'>((resolve) => {
    asked = () => resolve('interrupted');
  });
  process.once('SIGINT', asked);
  process.once('SIGTERM', asked);

  say('starting the embedded Supabase ...');
  const stack = await startStack({
    projectDirectory: PROJECT_DIRECTORY,
    dataDirectory: options.data,
    port: options.port,
    strictPort: options.port !== undefined,
    fresh: options.fresh,
    functionInstances: { 'forecast-worker': 2 },
    log: functionLog(say),
  });
  try {
    say(`the stack is up at ${stack.url}`);
    const job = runMainJob(stack, { files, horizon: options.horizon, windows: options.windows, say });
    const report = await Promise.race([job, interrupted]);
    if (report === 'interrupted') {
      // What the job still throws while the stack goes down is no news.
      job.catch(() => {});
      return 130;
    }
    say('the main job is done');
    console.log(options.json ? JSON.stringify(report, null, 2) : `\n${reportTable(report)}\n`);
    if (options.once) return 0;
    console.error(servingNotice(stack));
    await interrupted;
    return 0;
  } finally {
    await stack.stop();
  }
}

/** The functions' routine lines say nothing to a person; everything else passes. */
function functionLog(say: (line: string) => void): (line: string) => void {
  return (line) => {
    if (!/"event":"(step|check)"/.test(line) || /"outcome":"(retried|dead|lease_lost)"/.test(line)) say(line);
  };
}

main().then((status) => {
  process.exitCode = status;
}, exitWithError);
