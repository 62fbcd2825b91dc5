import { exitWithError } from '../src/cli/exit-with-error.ts';
import { helpText } from '../src/cli/options/help-text.ts';
import type { Program } from '../src/cli/options/option.ts';
import { parseOptions } from '../src/cli/options/parse-options.ts';
import { benchMarkdown } from './harness/bench-markdown.ts';
import { BENCH_OPTIONS, type BenchOptions } from './harness/bench-options.ts';
import { type BenchReport, exitStatus, missedTargets } from './harness/bench-result.ts';
import { benchTable } from './harness/bench-table.ts';

/** Each is loaded when it runs: they bring compilers along. */
const BENCHES: Readonly<Record<string, (options: BenchOptions) => Promise<BenchReport>>> = {
  statistics: async (options) =>
    await (await import('./statistics/statistics-bench.ts')).statisticsBench(options),
  lstm: async (options) => await (await import('./lstm/lstm-bench.ts')).lstmBench(options),
  budget: async (options) => await (await import('./budget/budget-bench.ts')).budgetBench(options),
  overfitting: async (options) =>
    await (await import('./overfitting/overfitting-bench.ts')).overfittingBench(options),
  rollout: async (options) => await (await import('./rollout/rollout-bench.ts')).rolloutBench(options),
  queue: async () => await (await import('./queue/queue-bench.ts')).queueBench(),
  evidence: async (options) => await (await import('./evidence/evidence-bench.ts')).evidenceBench(options),
  calendar: async (options) => await (await import('./calendar/calendar-bench.ts')).calendarBench(options),
  restatement: async (options) =>
    await (await import('./restatement/restatement-bench.ts')).restatementBench(options),
  year: async (options) => await (await import('./year/year-bench.ts')).yearBench(options),
};

const BENCH = {
  usage: 'npm run bench [-- NAME... OPTIONS]',
  about: `  NAME is ${Object.keys(BENCHES).join(', ')}; all of them by default.`,
  operands: { name: 'NAME...', least: 0, most: Infinity, choices: Object.keys(BENCHES) },
  options: BENCH_OPTIONS,
} satisfies Program;

async function main(): Promise<number> {
  // npm swallows the first `--` only; one more must not turn options into names.
  const options = parseOptions(
    BENCH,
    process.argv.slice(2).filter((argument) => argument !== '--'),
  );
  if (options === null) {
    console.log(helpText(BENCH));
    return 0;
  }
  const names = options.operands.length === 0 ? Object.keys(BENCHES) : options.operands;
  const reports: BenchReport[] = [];
  for (const name of names) reports.push(await BENCHES[name](options));

  if (options.json) console.log(JSON.stringify(reports.length === 1 ? reports[0] : reports, null, 2));
  else console.log(reports.map(options.markdown ? benchMarkdown : benchTable).join('\n\n'));
  const missed = missedTargets(reports);
  for (const result of missed)
    console.error(`Target missed: ${result.case}${result.peer ? `, ${result.peer}` : ''}`);
  return exitStatus(reports, options.strict);
}

try {
  process.exitCode = await main();
} catch (error) {
  exitWithError(error);
  process.exitCode = 2;
}
