// npm start: sets up, starts the embedded Supabase, runs the main job, keeps serving.
import { readEnvironmentFile } from '../local/functions/environment-file.ts';
import { startStack } from '../local/stack.ts';
import { parseEnvironment } from '../shared/contracts/environment.ts';
import { storedInstead } from '../shared/ensemble/stored-instead.ts';
import { receivedTimeframeOf } from '../shared/series/horizon.ts';
import { plumblineClient } from '../shared/store/client.ts';
import { seedEnsemble } from '../shared/store/seed-ensemble.ts';
import { oneLine } from '../shared/wording/one-line.ts';
import { textsOnOneLine } from '../shared/wording/printable.ts';
import { leftOutLines } from './bar-files.ts';
import { requireChosenSymbols } from './calendars/calendar-choice.ts';
import { requireCalendarFiles, storeChosenCalendars } from './calendars/store-calendars.ts';
import { findCovariateFiles, forecastFiles, uploadCovariates } from './covariate-files.ts';
import { PROJECT_DIRECTORY } from './data-directory.ts';
import { endWithStack } from './end-with-stack.ts';
import { ensembleEnvironment } from './ensemble-environment.ts';
import { readEventFile } from './event-file.ts';
import { exitWithError } from './exit-with-error.ts';
import { interruptedStatus, watchForInterruption } from './interruption.ts';
import { type MainJobReport, runMainJob } from './main-job.ts';
import { helpText } from './options/help-text.ts';
import { print, printJson, tell } from './print.ts';
import { PROVIDER_HOSTS, providerEnvironment } from './provider-environment.ts';
import { reportTable } from './report-table.ts';
import { servingNotice } from './serving-notice.ts';
import { parseStartOptions, START } from './start-options.ts';

async function main(): Promise<number> {
  const options = parseStartOptions(process.argv.slice(2));
  if (options === null) {
    print(helpText(START));
    return 0;
  }
  // Before anything starts: a wrong path or variable should not cost a start.
  const file = readEnvironmentFile(PROJECT_DIRECTORY);
  const { configuration } = parseEnvironment((name) => process.env[name] || file[name]);
  const names = configuration.covariates ?? [];
  const found = options.horizon.map((horizon) => forecastFiles(options, receivedTimeframeOf(horizon), names));
  const filesByHorizon = options.horizon.map((horizon, i) => ({ horizon, files: found[i].files }));
  const files = found.flatMap((one) => one.files);
  const symbols = files.map(({ symbol }) => symbol);
  const covariates = findCovariateFiles(names, options.csv, symbols);
  requireChosenSymbols(options.calendar, [...files, ...covariates.files.map((one) => one.file)]);
  requireCalendarFiles(options.calendar);
  const read = options.events === undefined ? undefined : readEventFile(options.events, symbols);
  const environment = {
    ...ensembleEnvironment(process.env, file),
    ...providerEnvironment(process.env, file),
  };

  const began = performance.now();
  const seconds = () => `${((performance.now() - began) / 1000).toFixed(1)} s`;
  const say = (line: string) => tell(`[${seconds()}] ${oneLine(line, Number.POSITIVE_INFINITY)}`);
  const leftOut = found.flatMap((one) => one.leftOut);
  for (const line of leftOutLines(leftOut)) say(line);
  const interruption = watchForInterruption();
  let ending = false;
  const isNews = (line: string) => !isRoutine(line) && !(ending && isFromFunction(line));

  say('Starting the embedded Supabase ...');
  const stack = await startStack({
    projectDirectory: PROJECT_DIRECTORY,
    dataDirectory: options.data,
    port: options.port,
    strictPort: options.port !== undefined,
    fresh: options.fresh,
    environment,
    functionInstances: { 'forecast-worker': 2 },
    functionNetwork: PROVIDER_HOSTS,
    log: (line) => {
      if (isNews(line)) say(line);
    },
  });
  stack.failed.then(() => {
    ending = true;
  });
  endWithStack(stack);
  const runJob = async (): Promise<MainJobReport | null> => {
    if (interruption.signal !== null) return null;
    say(`The stack is up at ${stack.url}`);
    const { windows, from, to } = options;
    const sayUnlessEnding = (line: string) => {
      if (!ending) say(line);
    };
    const store = plumblineClient(stack.url, stack.secretKeys.default);
    const warning = storedInstead(configuration, await seedEnsemble(store, configuration));
    if (warning !== null) sayUnlessEnding(`warning: ${warning}, or --fresh begins anew`);
    const job = storeChosenCalendars(store, options.calendar, 'npm start', sayUnlessEnding).then(
      async (calendar) => {
        const upload = { from, to, calendar };
        await uploadCovariates(stack, covariates, upload, sayUnlessEnding);
        return await runMainJob(stack, filesByHorizon, {
          ...{ windows, upload, events: read?.events, say: sayUnlessEnding },
        });
      },
    );
    // What the job still throws while the stack goes down is no news.
    job.catch(() => {});
    return await Promise.race([job, interruption.asked.then(() => null)]);
  };
  try {
    const report = await runJob();
    if (report === null) {
      const signal = await interruption.asked;
      say(`${signal}: ending before the main job is done`);
      return interruptedStatus(signal);
    }
    say('The main job is done');
    if (options.json) printJson({ ...report, left_out: leftOut });
    else print(`\n${reportTable(textsOnOneLine(report))}\n`);
    const status = report.refused.length > 0 ? 1 : 0;
    if (options.once) return status;
    tell(servingNotice(stack, { data: options.data, symbol: filesByHorizon[0].files[0].symbol }));
    await interruption.asked;
    return status;
  } finally {
    ending = true;
    await stack.stop();
  }
}

/** What functions print as they work says nothing to a person, unless a job failed. */
function isRoutine(line: string): boolean {
  return /"event":"(step|check|ingest)"/.test(line) && !/"outcome":"(retried|dead|lease_lost)"/.test(line);
}

/** While the stack goes down its functions find no database any more, and say so. */
function isFromFunction(line: string): boolean {
  return line.startsWith('[');
}

main().then((status) => {
  process.exitCode = status;
  // The job that was broken off tries its last request again for seconds.
  if (status > 128) process.exit();
}, exitWithError);
