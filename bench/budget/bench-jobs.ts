import { WORKER_REQUEST_HEADER } from '../../src/shared/contracts/relay-request.ts';
import { configurationHash } from '../../src/shared/ensemble/configuration-hash.ts';
import type { EnsembleConfiguration } from '../../src/shared/ensemble/ensemble-configuration.ts';
import { defaultConfiguration } from '../../src/shared/ensemble/presets.ts';
import { DEFAULT_WINDOW_SIZES } from '../../src/shared/evaluation/rolling-windows.ts';
import { type Bar, columnsFromBars } from '../../src/shared/series/series.ts';
import type { BenchJob } from './stand-in-database.ts';

export const SIZES = DEFAULT_WINDOW_SIZES['1D'];
const LEASED = {
  id: 1,
  run_id: '00000000-0000-4000-8000-000000000001',
  lease_token: '00000000-0000-4000-8000-000000000002',
  attempt: 1,
};
/** Bars of a window. */
export const WINDOW_BARS = SIZES.train + SIZES.validation + SIZES.test;
/** Bars of a live fit. */
export const FIT_BARS = SIZES.train + SIZES.validation;

/**
 * The validation of a whole window.
 *
 * @param bars {@link WINDOW_BARS}
 * @param configuration default that of a project that configured nothing
 */
export function windowJob(bars: readonly Bar[], configuration = defaultConfiguration): BenchJob {
  return benchJob('validate_window', bars, { window_id: bars.length - 1 }, configuration);
}

/** A fit and its forecast. @param bars {@link FIT_BARS} */
export function forecastJob(bars: readonly Bar[], configuration = defaultConfiguration): BenchJob {
  return benchJob('forecast', bars, { last_bar: bars.length - 1 }, configuration);
}

function benchJob(
  kind: string,
  bars: readonly Bar[],
  payload: Readonly<Record<string, number>>,
  configuration: EnsembleConfiguration,
): BenchJob {
  const series = columnsFromBars('BENCH', '1D', bars);
  return {
    job: {
      ...LEASED,
      kind,
      configuration,
      config_hash: configurationHash(configuration),
      on_member_failure: 'fail',
      payload: {
        symbol: series.symbol,
        horizon: '1D',
        ensemble: configuration.ensemble,
        sizes: SIZES,
        ...payload,
      },
    },
    reads: {
      read_series: {
        ...series,
        ...Object.fromEntries(
          (['open', 'high', 'low', 'close'] as const).map((name) => [name, Array.from(series[name])]),
        ),
        volume: bars.map(({ volume }) => volume),
      },
    },
  };
}

/** The evaluation of a rollout. @param evidence what `rollout_evidence` answers */
export function evaluationJob(evidence: {
  readonly rollout: { readonly id: number; readonly stage: string };
}): BenchJob {
  const { id, stage } = evidence.rollout;
  return {
    job: { ...LEASED, kind: 'evaluate_rollout', payload: { rollout_id: id, stage } },
    reads: { rollout_evidence: evidence },
    // As the relay asks, which waits for the answer.
    headers: { [WORKER_REQUEST_HEADER]: '1' },
  };
}
