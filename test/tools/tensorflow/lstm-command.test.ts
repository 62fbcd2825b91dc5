import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NEW_YORK } from '../../../src/shared/calendars/built-in-calendars.ts';
import { lstm } from '../../../src/shared/models/lstm/lstm.ts';
import { sessionsUpTo } from '../../bars/support/good-bars.ts';
import { simulatedSeries } from '../../shared/models/simulated-series.ts';

const root = resolve(import.meta.dirname, '../../..');
const HYPERPARAMETERS = JSON.stringify({ hiddenUnits: 4, lookback: 5, epochs: 1, networks: 2 });
let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'plumbline-lstm-'));
  const { open, high, low, close, volume } = simulatedSeries(61, 320);
  const lines = sessionsUpTo('2001-06-29', 320, NEW_YORK).map((time, i) =>
    [time, open[i], high[i], low[i], close[i], volume[i]].map(String).join(','),
  );
  writeFileSync(join(directory, 'SIM.csv'), ['date,open,high,low,close,volume', ...lines].join('\n'));
});
afterAll(() => rmSync(directory, { recursive: true }));

function run(args: readonly string[], environment: Record<string, string> = {}) {
  const command = ['--import', 'tsx', join(root, 'tools/tensorflow/lstm.ts'), ...args];
  const { PATH } = process.env;
  return spawnSync(process.execPath, command, {
    cwd: root,
    encoding: 'utf8',
    env: { PATH, ...environment },
  });
}

const at = (...names: string[]) => join(directory, ...names);
const artifactIn = (...names: string[]) => JSON.parse(readFileSync(at(...names), 'utf8'));

describe('npm run lstm', () => {
  it.each(['wasm', 'tfjs'])('fits by LSTM_BACKEND=%s, and its files come back as the artifact', (backend) => {
    const fit = ['fit', at('SIM.csv'), '--out', at(backend), '--bars', '300'];
    const fitted = run([...fit, '--hyperparameters', HYPERPARAMETERS], { LSTM_BACKEND: backend });
    expect([fitted.status, fitted.stderr]).toEqual([0, '']);
    expect(fitted.stdout).toMatch(new RegExp(`^SIM: 300 bars to \\S+, ${backend}, [\\d.]+ s\n$`));
    expect(readdirSync(at(backend)).sort()).toEqual([
      'artifact.json',
      'model-0.json',
      'model-1.json',
      'weights-0.bin',
      'weights-1.bin',
    ]);
    const artifact = artifactIn(backend, 'artifact.json');
    expect(lstm.restore(artifact).toJSON()).toEqual(artifact);
    expect(run(['import', at(backend), '--out', at(backend, 'back.json')]).status).toBe(0);
    expect(artifactIn(backend, 'back.json')).toEqual(artifact);
  });

  it('exports the LSTM of an ensemble that is stored', () => {
    const artifact = artifactIn('wasm', 'artifact.json');
    const members = [
      { name: 'ARIMA_GARCH', artifact: {} },
      { name: 'LSTM', artifact },
    ];
    writeFileSync(at('state.json'), JSON.stringify({ version: 1, members }));
    expect(run(['export', at('state.json'), '--out', at('exported')]).status).toBe(0);
    for (const name of readdirSync(at('exported'))) {
      expect(readFileSync(at('exported', name))).toEqual(readFileSync(at('wasm', name)));
    }
    expect(readdirSync(at('exported'))).toHaveLength(4);
  });

  it.each([
    ['another backend', ['fit', 'SIM.csv', '--out', 'x'], { LSTM_BACKEND: 'torch' }, 'invalid_input'],
    ['a command without --out', ['fit', 'SIM.csv'], {}, 'invalid_argument'],
  ])('refuses %s by its code', (_name, args, environment, code) => {
    const paths = args.map((arg) => (/^(\.|SIM|x)/.test(arg) ? at(arg) : arg));
    const { status, stdout, stderr } = run(paths, environment as Record<string, string>);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(new RegExp(`^error: ${code}: `));
  });
});
