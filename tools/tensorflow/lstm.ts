// npm run lstm -- COMMAND: one LSTM in this process, and its files in the LayersModel format of TensorFlow.js.

import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findBarFiles, readBarFile } from '../../src/cli/bar-files.ts';
import { exitWithError } from '../../src/cli/exit-with-error.ts';
import { helpText } from '../../src/cli/options/help-text.ts';
import type { CommandProgram, Operands } from '../../src/cli/options/option.ts';
import { type ParsedCommand, parseCommand } from '../../src/cli/options/parse-options.ts';
import { text, wholeNumber } from '../../src/cli/options/value-schemas.ts';
import { NEW_YORK } from '../../src/shared/calendars/built-in-calendars.ts';
import { parseLstmBackend } from '../../src/shared/contracts/environment.ts';
import { jsonSchema } from '../../src/shared/contracts/json.ts';
import { parseJson } from '../../src/shared/contracts/parse.ts';
import { InvalidInputError } from '../../src/shared/errors/invalid-input-error.ts';
import type { Json } from '../../src/shared/json.ts';
import { parseCsvBars } from '../../src/shared/market-data/parse-csv-bars.ts';
import { type Hyperparameters, unlimitedBudget } from '../../src/shared/models/forecaster.ts';
import { exportLstm, importLstm } from '../../src/shared/models/lstm/layers-model/lstm-files.ts';
import { checkBars } from '../../src/shared/series/check-bars.ts';
import { columnsFromBars } from '../../src/shared/series/series.ts';
import { lstmOfBackend } from './lstm-of-backend.ts';

const OUT_DIRECTORY = { value: 'DIR', help: 'where to write', schema: text };
const OUT_FILE = { ...OUT_DIRECTORY, value: 'ARTIFACT.json' };
const one = (name: string): Operands => ({ name, least: 1, most: 1 });

const LSTM = {
  usage: 'npm run lstm -- COMMAND --out PATH',
  about: '  LSTM_BACKEND=tfjs trains with TensorFlow.js instead of the kernel (wasm, the default).',
  commands: {
    fit: {
      help: "fit the file's last bars; write artifact.json and the LayersModel files",
      operands: one('SYMBOL.csv'),
      options: {
        out: OUT_DIRECTORY,
        bars: { value: 'N', help: 'bars of the fit', schema: wholeNumber(1), default: '1250' },
        seed: { value: 'N', help: 'of the fit', schema: wholeNumber(0), default: '1' },
        hyperparameters: {
          value: 'JSON',
          help: 'instead of those of the first entry of the grid, one by one',
          schema: text,
          default: '{}',
        },
      },
    },
    export: {
      help: "write the LayersModel files of an artifact: an LSTM's, or an ensemble's with an LSTM (column state of public.artifacts)",
      operands: one('ARTIFACT.json'),
      options: { out: OUT_DIRECTORY },
    },
    import: {
      help: 'write the artifact of LayersModel files',
      operands: one('DIR'),
      options: { out: OUT_FILE },
    },
  },
  options: {},
} satisfies CommandProgram;

type LstmOptions = ParsedCommand<typeof LSTM>;

async function main(): Promise<void> {
  const options = parseCommand(LSTM, process.argv.slice(2));
  if (options === null) {
    console.log(helpText(LSTM));
    return;
  }
  const [operand] = options.operands;
  const out = outOf(options);
  switch (options.command) {
    case 'fit': {
      const artifact = await fit(operand, options);
      writeFiles(out, exportLstm(artifact));
      writeFileSync(join(out, 'artifact.json'), `${JSON.stringify(artifact)}\n`);
      return;
    }
    case 'export':
      writeFiles(out, exportLstm(lstmArtifact(readJson(operand))));
      return;
    case 'import': {
      const names = readdirSync(operand).filter((name) => statSync(join(operand, name)).isFile());
      const files = Object.fromEntries(
        names.map((name) => [name, new Uint8Array(readFileSync(join(operand, name)))]),
      );
      const artifact = importLstm(files);
      mkdirSync(dirname(out), { recursive: true });
      writeFileSync(out, `${JSON.stringify(artifact)}\n`);
    }
  }
}

function outOf({ command, out }: LstmOptions): string {
  if (out !== undefined) return out;
  throw new InvalidInputError('invalid_argument', `The command ${command} needs --out PATH: where to write`);
}

async function fit(
  path: string,
  { bars, seed, hyperparameters }: Extract<LstmOptions, { command: 'fit' }>,
): Promise<Json> {
  const backend = parseLstmBackend((name) => process.env[name]);
  const [file, ...others] = findBarFiles(path);
  if (others.length > 0)
    throw new InvalidInputError('invalid_argument', `${path} holds several files, not one`);
  const now = new Date().toISOString();
  const { bars: parsed } = parseCsvBars(readBarFile(file), { timeframe: '1D', now });
  const columns = columnsFromBars(file.symbol, '1D', parsed.slice(-bars));
  const { series } = checkBars(columns, { calendar: NEW_YORK });
  const forecaster = await lstmOfBackend(backend);
  const chosen = {
    ...forecaster.grid[0],
    ...(parseJson(jsonSchema, hyperparameters, '--hyperparameters') as object),
  };
  const fitting = forecaster.fit(series, chosen as Hyperparameters, { seed });
  const began = performance.now();
  fitting.step(unlimitedBudget);
  const seconds = ((performance.now() - began) / 1000).toFixed(2);
  const { length } = series.times;
  console.log(`${series.symbol}: ${length} bars to ${series.times[length - 1]}, ${backend}, ${seconds} s`);
  return fitting.result().toJSON();
}

/** The LSTM's artifact, which may be a member of an ensemble's. */
function lstmArtifact(artifact: Json): Json {
  const { members } = (artifact ?? {}) as { members?: readonly { name: string; artifact: Json }[] };
  return members?.find(({ name }) => name === 'LSTM')?.artifact ?? artifact;
}

function writeFiles(directory: string, files: Readonly<Record<string, Uint8Array>>): void {
  mkdirSync(directory, { recursive: true });
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(directory, name), bytes);
}

function readJson(path: string): Json {
  return parseJson(jsonSchema, readFileSync(path, 'utf8'), path);
}

main().catch(exitWithError);
