import { againstBound, type BenchResult } from '../harness/bench-result.ts';
import { LIMITS } from './limits.ts';
import type { LiveFit } from './live-fit-process.ts';
import { memoryResult, range } from './measure-jobs.ts';
import { runCapped } from './run-capped.ts';

const CONFIGURATIONS = [
  {
    id: 'grids',
    name: 'whole live fit, default grids',
    contents:
      'every entry of both grids on 1,000 bars, every combination scored on 250, the chosen ones fitted on 1,250; whatever was chosen, an LSTM of 32 units, lookback 20, three networks fitted on 1,250 bars too, which makes the forecast with 50 Monte-Carlo passes',
    bounded: true,
  },
  {
    id: 'one-size',
    name: 'whole live fit, one LSTM',
    contents:
      'the grid of ARIMA_GARCH and one LSTM of 32 units, lookback 20, three networks; 50 Monte-Carlo passes for each bar that is forecast, 250 of validation twice and those of train in sample',
    bounded: true,
  },
  {
    id: 'four-models',
    name: 'whole live fit, four models',
    contents:
      'the legacy baseline: every entry of the grids of LSTM, ARIMA_GARCH, GB and TRANSFORMER on 1,000 bars, every combination scored on 250, the chosen ones fitted on 1,250',
    // It runs beside a candidate that is judged, for which the limit was set.
    bounded: false,
  },
] as const;

/**
 * CPU time of a live fit of one symbol with its forecast: processes that do it, between processes that only import the same modules
 * and read the same bars.
 *
 * @param barsFile a JSON array of bars
 */
export function measureLiveFit(barsFile: string, rounds: number): BenchResult[] {
  const run = (what: string) => runCapped<LiveFit>('live-fit-process.ts', what, barsFile);
  // Once before: Deno keeps what it has made of the TypeScript.
  run('nothing');
  const nothing: LiveFit[] = [];
  const fits = CONFIGURATIONS.map(() => [] as LiveFit[]);
  for (let round = 0; round < rounds; round++) {
    nothing.push(run('nothing'));
    for (const [i, { id }] of CONFIGURATIONS.entries()) fits[i].push(run(id));
  }
  const { liveFitSeconds, liveFitStretchSeconds } = LIMITS;
  return CONFIGURATIONS.flatMap(({ name, contents, bounded }, i) => {
    const whole = fits[i].map(({ cpu_ms }) => cpu_ms / 1000);
    const net = whole.map((seconds, round) => seconds - nothing[round].cpu_ms / 1000);
    const chosen = JSON.stringify(fits[i][0].chosen);
    return [
      againstBound(
        {
          case: `${name}, CPU`,
          unit: 's',
          target: bounded ? liveFitSeconds : null,
          ...(bounded && { stretch: liveFitStretchSeconds }),
          note: `${contents}; less a process that imports the same: ${range(net, 2)} s; chosen: ${chosen}`,
        },
        net,
      ),
      againstBound(
        {
          case: `${name}, with the process itself`,
          unit: 's',
          target: null,
          note: `nothing subtracted: ${range(whole, 2)} s`,
        },
        whole,
      ),
      memoryResult(
        name,
        fits[i].map(({ peak_mb }) => peak_mb),
        LIMITS.memoryMegabytes,
      ),
    ];
  });
}
