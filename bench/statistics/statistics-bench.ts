import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { logReturns } from '../../src/shared/series/log-returns.ts';
import { columnsFromBars } from '../../src/shared/series/series.ts';
import type { BenchReport, BenchResult } from '../harness/bench-result.ts';
import { benchBars, RETURNS } from '../harness/bench-series.ts';
import { compareMeasured } from '../harness/compare-measured.ts';
import { denoCommand } from '../harness/deno-command.ts';
import { interleavedRounds } from '../harness/interleaved-rounds.ts';
import { describeMachine } from '../harness/machine.ts';
import { calibrations, type ReadyWorker } from '../harness/start-first.ts';
import { TimingWorker } from '../harness/timing-worker.ts';
import { COMPARISONS, type Comparison } from './comparisons.ts';
import { findPeers } from './find-peers.ts';
import { measureColdFit } from './measure-cold-fit.ts';

const OUR_WORKER = fileURLToPath(new URL('our-worker.ts', import.meta.url));

/**
 * The statistical members beside R and Python: the same 1,000 daily returns in percent for all, each in a process of its own
 * that times its fits itself, warm, in interleaved rounds; then the first whole fit in fresh processes.
 */
export async function statisticsBench(options: {
  readonly csv: string | undefined;
  readonly rounds: number;
}): Promise<BenchReport> {
  const machine = describeMachine();
  const directory = mkdtempSync(join(tmpdir(), 'plumbline-bench-'));
  const started: TimingWorker[] = [];
  try {
    const bars = benchBars(options.csv, new Date().toISOString());
    const returns = logReturns(columnsFromBars('BENCH', '1D', bars).close).map((value) => 100 * value);
    const barsFile = join(directory, 'bars.json');
    const returnsFile = join(directory, 'returns.json');
    writeFileSync(barsFile, JSON.stringify(bars));
    writeFileSync(returnsFile, JSON.stringify(Array.from(returns)));

    const deno = denoCommand(OUR_WORKER, [returnsFile]);
    const node = { command: process.execPath, args: ['--import', 'tsx', OUR_WORKER, returnsFile] };
    const greetings: ReadyWorker[] = [];
    // One after the other, so that none is calibrated while another starts.
    for (const [name, { command, args }] of Object.entries({ Deno: deno, Node: node })) {
      const worker = new TimingWorker(name, command, args);
      started.push(worker);
      greetings.push({ worker, greeting: await worker.greeting() });
    }
    const ours = greetings.map(({ worker }) => worker);
    const { workers: peers, statuses } = await findPeers(returnsFile);
    started.push(...peers.map(({ worker }) => worker));

    const results: BenchResult[] = [];
    for (const comparison of COMPARISONS) {
      process.stderr.write(`${comparison.name}\n`);
      results.push(...(await compare(comparison, ours, peers, options.rounds)));
    }
    process.stderr.write('first whole fit\n');
    results.push(...measureColdFit(barsFile, options.rounds));
    return {
      bench: 'statistics',
      machine: {
        ...machine,
        series: `${RETURNS} log returns in percent, ${bars[1].time} to ${bars[RETURNS].time}`,
        rounds: options.rounds,
        ...calibrations([...greetings, ...peers]),
      },
      peers: statuses,
      results,
    };
  } finally {
    for (const worker of started) worker.end();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Every runtime of ours and every peer that has the case. */
async function compare(
  { ours: ourCase, name, note, peers }: Comparison,
  ours: readonly TimingWorker[],
  found: readonly ReadyWorker[],
  rounds: number,
): Promise<BenchResult[]> {
  const present = peers.flatMap((peer) => {
    const ready = found.find(({ greeting }) => greeting.cases.includes(peer.theirs));
    return ready === undefined ? [] : [{ ...peer, worker: ready.worker }];
  });
  const measured = await interleavedRounds(
    [
      ...ours.map((worker) => ({ worker, case: ourCase })),
      ...present.map(({ worker, theirs }) => ({ worker, case: theirs })),
    ],
    rounds,
  );
  return compareMeasured(
    { name, note },
    ours.map((worker, i) => ({ runtime: worker.name, ...measured[i] })),
    present.map(({ peer, target }, i) => ({ peer, target, ...measured[ours.length + i] })),
  );
}
