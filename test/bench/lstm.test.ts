import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { benchBars } from '../../bench/harness/bench-series.ts';
import { denoCommand } from '../../bench/harness/deno-command.ts';
import { TimingWorker } from '../../bench/harness/timing-worker.ts';
import { compilePeak } from '../../bench/lstm/compile-peak.ts';
import { findLstmPeers } from '../../bench/lstm/find-lstm-peers.ts';
import { LSTM_CASES, PEAK_CASE } from '../../bench/lstm/lstm-cases.ts';
import { matrixOperations } from '../../bench/lstm/matrix-operations.ts';
import { requireAgreement } from '../../bench/lstm/require-agreement.ts';
import { type TrainingProblem, trainingProblem } from '../../bench/lstm/training-problem.ts';
import { NEW_YORK } from '../../src/shared/calendars/built-in-calendars.ts';
import { checkBars } from '../../src/shared/series/check-bars.ts';
import { columnsFromBars } from '../../src/shared/series/series.ts';

const root = resolve(import.meta.dirname, '../..');
const directory = mkdtempSync(join(tmpdir(), 'plumbline-bench-test-'));
const problemsFile = join(directory, 'problems.json');
const peakFile = join(directory, 'peak.wasm');
const series = checkBars(columnsFromBars('T', '1D', benchBars(undefined, '2030-01-01T00:00:00Z', 200)), {
  calendar: NEW_YORK,
}).series;
/** Two layers and a last batch that is not full. */
const small = { id: 'small', name: 'small', hidden: 4, layers: 2, lookback: 5, samples: 100, peers: [] };

beforeAll(async () => {
  writeFileSync(problemsFile, JSON.stringify([trainingProblem(small, series)]));
  writeFileSync(peakFile, await compilePeak());
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** What a worker finds of the small problem. */
async function foundBy(worker: TimingWorker): Promise<Readonly<Record<string, number>>> {
  const timing = await worker.time('small', 0);
  expect(timing.calls).toBe(1);
  expect(timing.seconds).toBeGreaterThan(0);
  return timing.found;
}

function ourWorkers(): TimingWorker[] {
  const script = join(root, 'bench/lstm/our-worker.ts');
  const deno = denoCommand(script, [problemsFile, peakFile]);
  return [
    new TimingWorker('Deno', deno.command, deno.args),
    new TimingWorker('Node', process.execPath, ['--import', 'tsx', script, problemsFile, peakFile]),
  ];
}

describe('the LSTM bench', () => {
  it('counts the multiplications and additions of the matrix products, and no others', () => {
    // One unit, two inputs, three bars, five samples; each of four gates. Forward: 3 products; to the weights: 3; to the state: 1.
    const one = { inputs: 2, hidden: 1, layers: 1, lookback: 3, skipInputs: 9 };
    expect(matrixOperations(one, 5)).toBe(2 * 4 * (3 + 3 + 1) * 3 * 5);
    // A layer above it sees its output: forward 2, to the weights 2, to the state 1, to the layer below 1.
    expect(matrixOperations({ ...one, layers: 2 }, 5)).toBe(2 * 4 * (7 + 6) * 3 * 5);
  });

  it('promises something of each size against PyTorch, and of the lookback and units that tfjs is measured with', () => {
    const promised = LSTM_CASES.flatMap(({ id, peers }) =>
      peers.flatMap(({ peer, target }) => (target === null ? [] : [`${id} ${peer} ${target}`])),
    );
    expect(promised).toEqual([
      'lstm-16-20 PyTorch 6',
      'lstm-32-20 PyTorch 3',
      'lstm-32-20 tfjs-wasm 25',
      'lstm-32-60 PyTorch 4',
      'lstm-32-60 tfjs-wasm 25',
      'lstm-64x2-60 PyTorch 1.2',
    ]);
  });

  it('takes the last samples that have an outcome, each once, and refuses a series that is too short', () => {
    const problem = trainingProblem(small, series);
    expect(problem.samples).toEqual(Array.from({ length: 100 }, (_, i) => 4 + i));
    expect([...problem.order].sort((a, b) => a - b)).toEqual(problem.samples);
    expect(problem.order).not.toEqual(problem.samples);
    expect(problem.targets).toHaveLength(104);
    expect(problem.inputs.every(Number.isFinite)).toBe(true);
    expect(() => trainingProblem({ ...small, samples: 200 }, series)).toThrow(/200 samples need more/);
  });

  it('does not compare with a peer that trained something else', () => {
    const result = { case: 'c', ours: 1, peer: 'p', peer_value: 2, unit: 'ms', ratio: 2 } as const;
    const targets = { target: null, met: null };
    const agreeing = (ours: number, peer: number) => [{ quantity: 'loss after the epoch', ours, peer }];
    requireAgreement({ ...result, ...targets, agreement: agreeing(0.5, 0.5002) });
    expect(() => requireAgreement({ ...result, ...targets, agreement: agreeing(0.5, 0.502) })).toThrow(
      'c: the loss after the epoch is 0.5 with ours and 0.502 with p',
    );
    expect(() => requireAgreement({ ...result, ...targets, agreement: agreeing(Number.NaN, 1) })).toThrow();
    expect(() => requireAgreement({ ...result, ...targets })).toThrow('nothing shows what p trained');
    requireAgreement({ ...result, ...targets, peer: null });
  });

  it('trains the same network in Deno, in Node, and in every peer that is there', async () => {
    const ours = ourWorkers();
    const peers = await findLstmPeers(problemsFile);
    try {
      const found: Readonly<Record<string, number>>[] = [];
      for (const worker of ours) {
        const { cases, version } = await worker.greeting();
        expect(cases).toEqual(['small', PEAK_CASE]);
        expect(version).toContain(worker.name);
        found.push(await foundBy(worker));
      }
      expect(found[1]).toEqual(found[0]);
      const [expected] = found;
      expect(Object.keys(expected)).toEqual(['loss of the first batch', 'loss after the epoch']);
      // It has learned something, so that the two losses are two checks.
      expect(expected['loss after the epoch']).not.toBe(expected['loss of the first batch']);

      expect(peers.map(({ peer }) => peer)).toEqual(['PyTorch', 'tfjs-wasm']);
      for (const { ready } of peers) {
        if (typeof ready === 'string') {
          expect(ready).toMatch(/does not find it|on the PATH|not installed/);
          continue;
        }
        const theirs = await foundBy(ready.worker);
        for (const quantity of Object.keys(expected)) {
          expect(Math.abs(theirs[quantity] - expected[quantity])).toBeLessThan(1e-5);
        }
      }
      // npm test installs TensorFlow.js.
      if (existsSync(join(root, 'tools/tensorflow/node_modules')))
        expect(typeof peers[1].ready).toBe('object');
    } finally {
      for (const worker of ours) worker.end();
      for (const { ready } of peers) if (typeof ready !== 'string') ready.worker.end();
    }
  });

  it('measures what a core does at most by a loop whose outcome is checked', async () => {
    const workers = ourWorkers();
    try {
      for (const worker of workers) {
        await worker.greeting();
        const { found, seconds } = await worker.time(PEAK_CASE, 0);
        // 12 sums of four lanes, a multiplication and an addition each, 100,000 times.
        expect(found).toEqual({ operations: 12 * 4 * 2 * 100_000 });
        expect(seconds).toBeGreaterThan(0);
      }
    } finally {
      for (const worker of workers) worker.end();
    }
  });

  it('names a start of training that is the same for all', () => {
    const problem: TrainingProblem = trainingProblem(small, series);
    expect(problem.weights.map(({ name, values }) => [name, values.length])).toEqual([
      ['lstm_0/kernel', 4 * 16],
      ['lstm_0/recurrent_kernel', 4 * 16],
      ['lstm_0/bias', 16],
      ['lstm_1/kernel', 4 * 16],
      ['lstm_1/recurrent_kernel', 4 * 16],
      ['lstm_1/bias', 16],
      ['location/kernel', 4],
      ['location/bias', 1],
      ['logScale/kernel', 4 + 1],
      ['logScale/bias', 1],
    ]);
  });
});
