// npm run plumbline -- COMMAND: what a person does by hand against a running stack.
import { backUp, restore } from '../local/backup.ts';
import { findRunningStack } from '../local/running-stack.ts';
import { covariateMeasureSchema } from '../shared/contracts/covariates.ts';
import { receivedTimeframeSchema } from '../shared/contracts/ingest-request.ts';
import { horizonSchema } from '../shared/contracts/names.ts';
import { type PlumblineClient, plumblineClient } from '../shared/store/client.ts';
import { counted } from '../shared/wording/counted.ts';
import { textsOnOneLine } from '../shared/wording/printable.ts';
import { actorOf } from './actor.ts';
import { ACTOR, CALENDAR, DATES, JSON_FLAG, requireDates } from './bar-options.ts';
import type { StackAccess } from './call-function.ts';
import { calendar } from './commands/calendar.ts';
import { events } from './commands/events.ts';
import { explain, explanationText } from './commands/explain.ts';
import { forecast } from './commands/forecast.ts';
import { ingest } from './commands/ingest.ts';
import { DATA_DIRECTORY } from './data-directory.ts';
import { exitWithError } from './exit-with-error.ts';
import { helpText } from './options/help-text.ts';
import type { CommandProgram, Operands, Options } from './options/option.ts';
import { type ParsedCommand, parseCommand } from './options/parse-options.ts';
import { secFilers } from './options/sec-filers.ts';
import { symbolList, symbolName, text } from './options/value-schemas.ts';
import { print, printJson, tell } from './print.ts';
import { forecastTable } from './report-table.ts';
import { snakeCaseKeys } from './snake-case-keys.ts';
import { synthesisLines } from './synthesis-lines.ts';

const BY_FILE = {
  symbols: {
    value: 'A,B',
    help: 'only these symbols of a directory',
    schema: symbolList,
    shownDefault: 'all',
  },
} satisfies Options;

const PATH: Operands = { name: 'FILE|DIR', least: 1, most: 1 };

const ARCHIVE: Operands = { name: 'FILE', least: 1, most: 1 };

const PLUMBLINE = {
  usage: 'npm run plumbline -- COMMAND [OPTIONS]',
  about: '  A stack must be running (npm start), but for explain; backup and restore want it stopped.',
  commands: {
    ingest: {
      help: 'store bars of SYMBOL.csv: date,open,high,low,close,volume',
      operands: PATH,
      options: {
        ...BY_FILE,
        ...DATES,
        calendar: CALENDAR,
        timeframe: {
          value: '1D|4h',
          help: '1D: sessions. 4h: half sessions, of SYMBOL_4hs.csv where there is one',
          schema: receivedTimeframeSchema,
          default: '1D',
        },
        covariate: {
          value: 'level|range',
          help: 'the symbols are read beside others and not forecast. level: only closes are stored, as of VIX. range: whole bars',
          schema: covariateMeasureSchema,
          shownDefault: 'what a symbol is',
        },
        replace: {
          help: 'the files are the whole series from now on: delete the stored bars that they lack',
        },
      },
    },
    events: {
      help: 'store scheduled events: symbol,date[,kind][,time][,known_at][,source]; or list those of a symbol',
      operands: { name: 'FILE.csv', least: 0, most: 1 },
      options: {
        symbols: { ...BY_FILE.symbols, help: 'only these symbols of the file' },
        replace: {
          help: 'dates moved: delete dates after today that the file lacks, of its symbols and kinds',
        },
        fromSec: {
          value: 'A=CIK,...',
          help: "store history from the SEC's filings of results (8-K, item 2.02), by the SEC's number of the filer",
          schema: secFilers,
        },
        contact: { value: 'TEXT', help: 'who asks the SEC: a name and an e-mail address', schema: text },
        list: { value: 'SYMBOL', help: 'show the stored events of a symbol', schema: symbolName },
      },
    },
    forecast: {
      help: 'forecast from the latest bars; fits first if need be',
      operands: { name: 'SYMBOL...', least: 1, most: Infinity },
      options: {
        horizon: { value: '1D', help: 'over 1D, 4h or 8h', schema: horizonSchema, default: '1D' },
      },
    },
    explain: {
      help: "fit ARIMA_GARCH's grid to SYMBOL.csv: estimates, standard errors, residual tests",
      operands: PATH,
      options: { ...BY_FILE, ...DATES, calendar: { ...CALENDAR, shownDefault: "XNYS, New York's" } },
    },
    calendar: {
      help: 'without operands: list the calendars. FILE.csv: upload the closures that it lists. SYMBOL=NAME: give a symbol its calendar',
      operands: { name: 'FILE.csv|SYMBOL=NAME...', least: 0, most: Infinity },
      options: { actor: ACTOR },
    },
    backup: {
      help: 'write the database and the keys of a stopped stack to FILE, a .tar.gz that is secret',
      operands: ARCHIVE,
      options: {},
    },
    restore: {
      help: 'put a backup into a directory without a database, for the next npm start',
      operands: ARCHIVE,
      options: {},
    },
  },
  options: { json: JSON_FLAG, data: DATA_DIRECTORY },
} satisfies CommandProgram;

async function main(): Promise<void> {
  const options = parseCommand(PLUMBLINE, process.argv.slice(2));
  if (options === null) {
    print(helpText(PLUMBLINE));
    return;
  }
  const { document, text } = await run(options);
  if (options.json) printJson(document);
  else print(text);
}

async function run(
  options: ParsedCommand<typeof PLUMBLINE>,
): Promise<{ readonly document: unknown; readonly text: string }> {
  const { operands, data } = options;
  switch (options.command) {
    case 'ingest': {
      const { symbols, timeframe, replace, from, to } = options;
      requireDates(options);
      const upload = { replace, from, to, calendar: options.calendar, covariate: options.covariate };
      const ingestion = await ingest(findRunningStack(data), operands[0], symbols, timeframe, upload, tell);
      const { uploads, refused } = ingestion;
      if (refused.length > 0) process.exitCode = 1;
      const refusals = refused.length === 0 ? '' : `, ${refused.length} refused`;
      return {
        document: snakeCaseKeys(ingestion),
        text: `${counted(uploads.length, 'symbol')} stored${refusals}`,
      };
    }
    case 'events':
      return await events(storeOf(findRunningStack(data)), operands, options);
    case 'calendar':
      return await calendar(storeOf(findRunningStack(data)), operands, () =>
        actorOf(options.actor, process.env),
      );
    case 'forecast': {
      const forecasts = await forecast(findRunningStack(data), operands, options.horizon, tell);
      const shown = textsOnOneLine(forecasts);
      const text = [forecastTable(shown), ...shown.map(synthesisLines)].join('\n\n');
      return { document: { forecasts }, text };
    }
    case 'explain': {
      requireDates(options);
      const explained = explain(operands[0], options.symbols, new Date().toISOString(), tell, options);
      if (explained.refused.length > 0) process.exitCode = 1;
      return { document: snakeCaseKeys(explained), text: explanationText(explained.explanations) };
    }
    case 'backup': {
      await backUp(data, operands[0]);
      return {
        document: { file: operands[0] },
        text: `${operands[0]} holds the stack of ${data}, its keys and passwords too`,
      };
    }
    case 'restore': {
      await restore(data, operands[0]);
      return {
        document: { data },
        text: `${data} holds the stack of ${operands[0]}: npm start goes on with it`,
      };
    }
  }
}

function storeOf(stack: StackAccess): PlumblineClient {
  return plumblineClient(stack.url, stack.secretKeys.default);
}

main().catch(exitWithError);
