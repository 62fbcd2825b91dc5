// npm run rehearse: a whole rollout on replayed prices.
import { exitWithError } from '../exit-with-error.ts';
import { helpText } from '../options/help-text.ts';
import { print, printJson, tell } from '../print.ts';
import { textTable } from '../text-table.ts';
import { FAULT_SESSIONS, HISTORY, type RehearsalReport, rehearse } from './rehearsal.ts';
import { parseRehearseOptions, REHEARSE } from './rehearse-options.ts';
import { bundledPrices, pricesOf } from './replayed-prices.ts';

async function main(): Promise<number> {
  const options = parseRehearseOptions(process.argv.slice(2));
  if (options === null) {
    print(helpText(REHEARSE));
    return 0;
  }
  const sessions = options.pace.sessions + FAULT_SESSIONS;
  const prices =
    options.csv === undefined
      ? bundledPrices(HISTORY, sessions)
      : pricesOf(options.csv, options.symbols, HISTORY, sessions);
  const began = performance.now();
  const report = await rehearse(prices, options.pace, (line) => {
    tell(`[${((performance.now() - began) / 1000).toFixed(1)} s] ${line}`);
  });
  if (options.json) printJson(report);
  else print(reportText(report));
  return report.expectations.every(({ met }) => met) ? 0 : 1;
}

function reportText(report: RehearsalReport): string {
  const unmet = report.expectations.filter(({ met }) => !met);
  return [
    textTable(
      ['New York', 'rollout', 'stage', 'event', 'by', 'why'],
      report.events.map(({ happened_at, rollout, stage, kind, actor, reason }) => [
        happened_at,
        String(rollout ?? ''),
        stage ?? '',
        kind,
        actor,
        reason,
      ]),
    ),
    ...(report.summary === null ? [] : [report.summary]),
    textTable(
      ['expected', '', 'seen'],
      report.expectations.map(({ name, met, seen }) => [name, met ? 'met' : 'NOT MET', seen]),
    ),
    `${report.sessions} sessions, ${report.first_session} to ${report.last_session}; a rollback took ${report.rollback.database_seconds.toFixed(3)} s in the database and ${report.rollback.command_seconds.toFixed(1)} s by the command`,
    unmet.length === 0
      ? `All ${report.expectations.length} expectations are met`
      : `${unmet.length} of ${report.expectations.length} expectations are not met`,
  ].join('\n\n');
}

main().then((status) => {
  process.exitCode = status;
}, exitWithError);
