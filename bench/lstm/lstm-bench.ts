import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NEW_YORK } from '../../src/shared/calendars/built-in-calendars.ts';
import { checkBars } from '../../src/shared/series/check-bars.ts';
import { columnsFromBars } from '../../src/shared/series/series.ts';
import { type BenchReport, type BenchResult, median, type Throughput } from '../harness/bench-result.ts';
import { benchBars } from '../harness/bench-series.ts';
import { compareMeasured } from '../harness/compare-measured.ts';
import { denoCommand } from '../harness/deno-command.ts';
import { interleavedRounds, type Measured } from '../harness/interleaved-rounds.ts';
import { describeMachine } from '../harness/machine.ts';
import { calibrations, type ReadyWorker } from '../harness/start-first.ts';
import { TimingWorker } from '../harness/timing-worker.ts';
import { compilePeak } from './compile-peak.ts';
import { type FoundPeer, findLstmPeers, statusOf } from './find-lstm-peers.ts';
import { LSTM_CASES, type LstmCase, PEAK_CASE } from './lstm-cases.ts';
import { matrixOperations } from './matrix-operations.ts';
import { requireAgreement } from './require-agreement.ts';
import { type TrainingProblem, trainingProblem } from './training-problem.ts';

const OUR_WORKER = fileURLToPath(new URL('our-worker.ts', import.meta.url));
/** Bars that the largest case needs, and its inputs before them. */
const BARS = 1200;

/**
 * One epoch of training of our kernel, in Deno and in Node, beside PyTorch and TensorFlow.js: each in a process of its own, on one
 * thread, in interleaved rounds; and what the same core does of multiplications and additions at most.
 */
export async function lstmBench(options: {
  readonly csv: string | undefined;
  readonly rounds: number;
}): Promise<BenchReport> {
  const machine = describeMachine();
  const directory = mkdtempSync(join(tmpdir(), 'plumbline-bench-'));
  const started: TimingWorker[] = [];
  try {
    const bars = benchBars(options.csv, new Date().toISOString(), BARS);
    const { series } = checkBars(columnsFromBars('BENCH', '1D', bars), { calendar: NEW_YORK });
    const problems = LSTM_CASES.map((size) => trainingProblem(size, series));
    const problemsFile = join(directory, 'problems.json');
    const peakFile = join(directory, 'peak.wasm');
    writeFileSync(problemsFile, JSON.stringify(problems));
    writeFileSync(peakFile, await compilePeak());

    const deno = denoCommand(OUR_WORKER, [problemsFile, peakFile]);
    const node = { command: process.execPath, args: ['--import', 'tsx', OUR_WORKER, problemsFile, peakFile] };
    const ours: ReadyWorker[] = [];
    // One after the other, so that none is calibrated while another starts.
    for (const [name, { command, args }] of Object.entries({ Deno: deno, Node: node })) {
      const worker = new TimingWorker(name, command, args);
      started.push(worker);
      ours.push({ worker, greeting: await worker.greeting() });
    }
    const found = await findLstmPeers(problemsFile);
    const peers = found.flatMap(({ ready }) => (typeof ready === 'string' ? [] : [ready]));
    started.push(...peers.map(({ worker }) => worker));

    const results: BenchResult[] = [];
    for (const [i, size] of LSTM_CASES.entries()) {
      process.stderr.write(`${size.name}\n`);
      const workers = ours.map(({ worker }) => worker);
      results.push(...(await compare(size, problems[i], workers, found, options.rounds)));
    }
    return {
      bench: 'lstm',
      machine: {
        ...machine,
        training:
          'one epoch, batches of 32, 4 inputs and 5 skip inputs, Student t likelihood with 6 degrees of freedom, gradient clipping, Adam',
        throughput:
          "operations of the layers' matrix products only, forward and backward, beside multiplications and additions that wait for nothing, in Deno",
        rounds: options.rounds,
        ...calibrations([...ours, ...peers]),
      },
      peers: found.map(statusOf),
      results,
    };
  } finally {
    for (const worker of started) worker.end();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function compare(
  { id, name, note, samples, peers }: LstmCase,
  { shape }: TrainingProblem,
  ours: readonly TimingWorker[],
  found: readonly FoundPeer[],
  rounds: number,
): Promise<BenchResult[]> {
  const present = peers.flatMap(({ peer, target }) => {
    const ready = found.find((candidate) => candidate.peer === peer)?.ready;
    return ready === undefined || typeof ready === 'string' ? [] : [{ peer, target, worker: ready.worker }];
  });
  const [deno] = ours;
  const [peak, ...measured] = await interleavedRounds(
    [
      { worker: deno, case: PEAK_CASE },
      ...ours.map((worker) => ({ worker, case: id })),
      ...present.map(({ worker }) => ({ worker, case: id })),
    ],
    rounds,
  );
  const results = compareMeasured(
    { name, note },
    ours.map((worker, i) => ({
      runtime: worker.name,
      ...measured[i],
      ...(worker === deno && {
        throughput: throughputOf(matrixOperations(shape, samples), measured[i], peak),
      }),
    })),
    present.map(({ peer, target }, i) => ({ peer, target, ...measured[ours.length + i] })),
  );
  for (const result of results) requireAgreement(result);
  return results;
}

function throughputOf(operations: number, epoch: Measured, peak: Measured): Throughput {
  const gflops = operations / median(epoch.milliseconds) / 1e6;
  // The most is what the core did in its best round.
  const peakGflops = peak.found.operations / Math.min(...peak.milliseconds) / 1e6;
  return { gflops, peak_gflops: peakGflops, share: gflops / peakGflops };
}
