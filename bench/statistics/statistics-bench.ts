import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { logReturns } from '../../src/shared/series/log-returns.ts';
import { seriesFromBars } from '../../src/shared/series/series.ts';
import { type BenchReport, type BenchResult, compareRounds, withoutPeer } from '../harness/bench-result.ts';
import { describeMachine } from '../harness/machine.ts';
import { TimingWorker } from '../harness/timing-worker.ts';
import { benchBars, RETURNS } from './bench-series.ts';
import { COMPARISONS, type Comparison } from './comparisons.ts';
import { denoCommand } from './deno-command.ts';
import { findPeers, type ReadyWorker } from './find-peers.ts';
import { measureColdFit } from './measure-cold-fit.ts';

const OUR_WORKER = fileURLToPath(new URL('our-worker.ts', import.meta.url));
/** Seconds that a case is called for before it is measured, so that it is compiled. */
const WARM_UP = 1;
/** Seconds at least that a case is called for in one round. */
const ROUND = 0.3;

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
    const returns = logReturns(seriesFromBars('BENCH', '1D', bars).close).map((value) => 100 * value);
    const barsFile = join(directory, 'bars.json');
    const returnsFile = join(directory, 'returns.json');
    writeFileSync(barsFile, JSON.stringify(bars));
    writeFileSync(returnsFile, JSON.stringify(Array.from(returns)));

    const deno = denoCommand(OUR_WORKER, [returnsFile]);
    const ours = [
      new TimingWorker('Deno', deno.command, deno.args),
      new TimingWorker('Node', process.execPath, ['--import', 'tsx', OUR_WORKER, returnsFile]),
    ];
    started.push(...ours);
    const greetings: ReadyWorker[] = [];
    for (const worker of ours) greetings.push({ worker, greeting: await worker.greeting() });
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
        ...calibration([...greetings, ...peers]),
      },
      peers: statuses,
      results,
    };
  } finally {
    for (const worker of started) worker.end();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Rounds in which every runtime of ours and every peer that has the case take turns. */
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
  const turns = [
    ...ours.map((worker) => ({ worker, case: ourCase })),
    ...present.map(({ worker, theirs }) => ({ worker, case: theirs })),
  ];
  for (const turn of turns) await turn.worker.time(turn.case, WARM_UP);
  const milliseconds = turns.map(() => [] as number[]);
  const logLikelihoods = new Float64Array(turns.length);
  for (let round = 0; round < rounds; round++) {
    for (const [i, turn] of turns.entries()) {
      const { seconds, log_likelihood } = await turn.worker.time(turn.case, ROUND);
      milliseconds[i].push(1000 * seconds);
      logLikelihoods[i] = log_likelihood ?? Number.NaN;
    }
  }
  return ours.flatMap((worker, i) => {
    const description = { case: `${name} (${worker.name})`, ...(note !== undefined && i === 0 && { note }) };
    if (present.length === 0) return [withoutPeer(description, milliseconds[i])];
    return present.map(({ peer, target }, j) => {
      const theirs = ours.length + j;
      return compareRounds(
        {
          ...description,
          peer,
          // What is promised is promised of Deno, where functions run.
          target: worker.name === 'Deno' ? target : null,
          log_likelihood: { ours: logLikelihoods[i], peer: logLikelihoods[theirs] },
        },
        milliseconds[i],
        milliseconds[theirs],
      );
    });
  });
}

/** Nanoseconds a step of the same floating point loop in every runtime: how fast this machine was meanwhile. */
function calibration(workers: readonly ReadyWorker[]): Record<string, number> {
  return Object.fromEntries(
    workers.map(({ worker, greeting }) => [
      `calibration_ns_${worker.name.toLowerCase()}`,
      Number(greeting.calibration_ns.toFixed(2)),
    ]),
  );
}
