// npm run lstm -- COMMAND: one LSTM in this process, and its files in the LayersModel format of TensorFlow.js.
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { findBarFiles, readBarFile } from '../../src/cli/bar-files.ts';
import { exitWithError } from '../../src/cli/exit-with-error.ts';
import { parseLstmBackend } from '../../src/shared/contracts/environment.ts';
import { InvalidInputError } from '../../src/shared/errors/invalid-input-error.ts';
import type { Json } from '../../src/shared/json.ts';
import { parseCsvBars } from '../../src/shared/market-data/parse-csv-bars.ts';
import { type Hyperparameters, unlimitedBudget } from '../../src/shared/models/forecaster.ts';
import { exportLstm, importLstm } from '../../src/shared/models/lstm/layers-model/lstm-files.ts';
import { seriesFromBars } from '../../src/shared/series/series.ts';
import { lstmOfBackend } from './lstm-of-backend.ts';

const USAGE = `npm run lstm -- COMMAND

  fit SYMBOL.csv --out DIR         fit the file's last bars; write artifact.json and the LayersModel files
  export ARTIFACT.json --out DIR   write the LayersModel files of an artifact: an LSTM's, or an ensemble's with an LSTM
                                   (column state of public.artifacts)
  import DIR --out ARTIFACT.json   the artifact of LayersModel files

  --bars N                bars of a fit (default 1250)
  --seed N                of a fit (default 1)
  --hyperparameters JSON  of a fit, instead of those of the first entry of the grid, one by one

LSTM_BACKEND=tfjs trains with TensorFlow.js instead of the kernel (wasm, the default).
`;

async function main(): Promise<number> {
  const { values, positionals } = readArguments();
  const [command, operand, ...others] = positionals;
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const { out } = values;
  if (operand === undefined || others.length > 0 || out === undefined) return unknownCommand(positionals);
  if (command === 'fit') {
    const artifact = await fit(operand, values.bars, values.seed, values.hyperparameters);
    writeFiles(out, exportLstm(artifact));
    writeFileSync(join(out, 'artifact.json'), `${JSON.stringify(artifact)}\n`);
    return 0;
  }
  if (command === 'export') {
    writeFiles(out, exportLstm(lstmArtifact(readJson(operand))));
    return 0;
  }
  if (command === 'import') {
    const names = readdirSync(operand).filter((name) => statSync(join(operand, name)).isFile());
    const files = Object.fromEntries(
      names.map((name) => [name, new Uint8Array(readFileSync(join(operand, name)))]),
    );
    const artifact = importLstm(files);
    mkdirSync(dirname(out), { recursive: true });
    writeFileSync(out, `${JSON.stringify(artifact)}\n`);
    return 0;
  }
  return unknownCommand(positionals);
}

async function fit(path: string, bars: string, seed: string, hyperparameters: string): Promise<Json> {
  const backend = parseLstmBackend((name) => process.env[name]);
  const [file, ...others] = findBarFiles(path);
  if (others.length > 0)
    throw new InvalidInputError('invalid_argument', `${path} holds several files, not one`);
  const parsed = parseCsvBars(readBarFile(file), '1D', new Date().toISOString());
  const series = seriesFromBars(file.symbol, '1D', parsed.slice(-wholeNumber('--bars', bars)));
  const forecaster = await lstmOfBackend(backend);
  const chosen = { ...forecaster.grid[0], ...(parseJson('--hyperparameters', hyperparameters) as object) };
  const fitting = forecaster.fit(series, chosen as Hyperparameters, { seed: wholeNumber('--seed', seed) });
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
  return parseJson(path, readFileSync(path, 'utf8'));
}

function parseJson(what: string, text: string): Json {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidInputError('malformed_json', `${what} is not JSON: ${(error as Error).message}`);
  }
}

function wholeNumber(option: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidInputError('invalid_argument', `${option} is a whole number, not "${text}"`);
}

function unknownCommand(positionals: readonly string[]): never {
  throw new InvalidInputError(
    'invalid_argument',
    `"${positionals.join(' ')}" is not a command with its operand and --out\n\n${USAGE}`,
  );
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        out: { type: 'string' },
        bars: { type: 'string', default: '1250' },
        seed: { type: 'string', default: '1' },
        hyperparameters: { type: 'string', default: '{}' },
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
