// npm run plumbline -- COMMAND: what a person does by hand against a running stack.
import { parseArgs } from 'node:util';
import { findRunningStack } from '../local/running-stack.ts';
import { receivedTimeframeSchema } from '../shared/contracts/ingest-request.ts';
import { parse } from '../shared/contracts/parse.ts';
import { InvalidInputError } from '../shared/errors/invalid-input-error.ts';
import { explain, explanationText } from './commands/explain.ts';
import { forecast } from './commands/forecast.ts';
import { ingest } from './commands/ingest.ts';
import { counted } from './counted.ts';
import { DEFAULT_DATA_DIRECTORY } from './data-directory.ts';
import { exitWithError } from './exit-with-error.ts';
import { forecastTable } from './report-table.ts';
import { snakeCaseKeys } from './snake-case-keys.ts';
import { synthesisLines } from './synthesis-lines.ts';

const USAGE = `npm run plumbline -- COMMAND

  ingest FILE|DIR [--symbols A,B]     store bars of SYMBOL.csv: date,open,high,low,close,volume
         [--timeframe 1D|4h]          1D: sessions (default). 4h: half sessions, of SYMBOL_4hs.csv where there is one
  forecast SYMBOL... [--horizon 1D]   forecast from the latest bars, over 1D, 4h or 8h; fits first if need be
  explain FILE|DIR [--symbols A,B]    fit ARIMA_GARCH's grid to SYMBOL.csv: estimates, standard errors, residual tests

  --json       print one JSON document on standard output
  --data DIR   the data directory of the stack (default: .plumbline)

A stack must be running (npm start), but for explain.
`;

async function main(): Promise<number> {
  const { values, positionals } = readArguments();
  const [command, ...operands] = positionals;
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  if (command === undefined) {
    console.error(USAGE);
    return 1;
  }
  const tell = (line: string) => console.error(line);
  const print = (result: unknown, text: string) => {
    console.log(values.json ? JSON.stringify(result, null, 2) : text);
  };
  const symbols = values.symbols?.split(',');

  if (command === 'ingest' && operands.length === 1) {
    const timeframe = parse(receivedTimeframeSchema, values.timeframe, '--timeframe');
    const results = await ingest(findRunningStack(values.data), operands[0], symbols, timeframe, tell);
    print({ uploads: results }, `${counted(results.length, 'symbol')} stored`);
    return 0;
  }
  if (command === 'forecast' && operands.length >= 1) {
    const stack = findRunningStack(values.data);
    const forecasts = await forecast(stack, operands, values.horizon, tell);
    print({ forecasts }, [forecastTable(forecasts), ...forecasts.map(synthesisLines)].join('\n\n'));
    return 0;
  }
  if (command === 'explain' && operands.length === 1) {
    const explanations = explain(operands[0], symbols, new Date().toISOString());
    print(snakeCaseKeys({ explanations }), explanationText(explanations));
    return 0;
  }
  throw new InvalidInputError(
    'invalid_argument',
    `"${positionals.join(' ')}" is not a command with its operands\n\n${USAGE}`,
  );
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        symbols: { type: 'string' },
        horizon: { type: 'string', default: '1D' },
        timeframe: { type: 'string', default: '1D' },
        json: { type: 'boolean', default: false },
        data: { type: 'string', default: DEFAULT_DATA_DIRECTORY },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new InvalidInputError('invalid_argument', `${(error as Error).message}\n\n${USAGE}`);
  }
}

main().then((status) => {
  process.exitCode = status;
}, exitWithError);
