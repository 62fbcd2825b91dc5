import { FitError } from '../../errors/fit-error.ts';
import { requireFitSeries } from '../../series/require-fit-series.ts';
import type { Series } from '../../series/series.ts';
import type { InputScaling } from './input-scaling.ts';
import {
  firstForecastBar,
  INPUT_COUNT,
  learnNetworkInputs,
  type NetworkInputs,
  SKIP_COUNT,
} from './network-inputs.ts';
import type { TrainingSamples } from './network-training.ts';

/** Share of the fit's samples, the latest, that are kept for early stopping. */
const STOPPING_SHARE = 0.15;
/** Training samples that a companion needs at least. */
const COMPANION_SAMPLES = 50;

/** What the networks of a fit are trained on, and what the fit's own series gives them to forecast from. */
export interface TrainingData {
  readonly samples: TrainingSamples;
  /** Learned on the fit's own training bars. */
  readonly scaling: InputScaling;
  readonly own: NetworkInputs;
  /** Symbols, the fit's own first; a companion that is too short or does not move is not among them. */
  readonly trainedOn: readonly string[];
}

/** Samples of one series by the bar at which they end. */
interface SeriesSamples {
  readonly inputs: NetworkInputs;
  readonly scaling: InputScaling;
  /** Training: `first` to `stopping` - 1; early stopping: to `end` - 1. */
  readonly first: number;
  readonly stopping: number;
  readonly end: number;
}

/**
 * Training and stopping samples of a series and its companions, each standardised by its own training bars.
 *
 * A companion's samples are split where the series' own are, by time: what comes later must not be trained on.
 *
 * @throws FitError `constant_series` when the series' training bars do not move; `companion_beyond_cutoff` when a companion has
 * a bar after the series' last; `not_finite` for a companion's price that is none
 */
export function collectTrainingData(
  series: Series,
  companions: readonly Series[],
  lookback: number,
): TrainingData {
  const { times } = series;
  const first = firstForecastBar(lookback) - 1;
  const end = times.length - 1;
  const stopping = end - Math.ceil((end - first) * STOPPING_SHARE);
  if (!moves(series, stopping + 1)) {
    throw new FitError(
      'constant_series',
      `${series.symbol} does not move up to ${times[stopping]}: a network has nothing to be trained on`,
      { symbol: series.symbol, bars: stopping + 1 },
    );
  }
  const own = seriesSamples(series, first, stopping);
  const parts = [own];
  const trainedOn = [series.symbol];
  for (const companion of companions) {
    if (companion.symbol === series.symbol) continue;
    const last = companion.times[companion.times.length - 1];
    if (last > times[end]) {
      throw new FitError(
        'companion_beyond_cutoff',
        `${companion.symbol} has bars to ${last}, after ${times[end]}, the cutoff of ${series.symbol}`,
        { symbol: series.symbol, companion: companion.symbol, time: last, cutoff: times[end] },
      );
    }
    // The last training sample's target is the bar of `stopping`; a companion may have no bar at that time.
    const later = companion.times.findIndex((time) => time > times[stopping]);
    const split = (later === -1 ? companion.times.length : later) - 1;
    if (split - first < COMPANION_SAMPLES || !moves(companion, split + 1)) continue;
    requireFitSeries(companion, split);
    parts.push(seriesSamples(companion, first, split));
    trainedOn.push(companion.symbol);
  }
  return { samples: joinSamples(parts), scaling: own.scaling, own: own.inputs, trainedOn };
}

/** Whether any of the first `bars` closes differs from the first. */
function moves({ close }: Series, bars: number): boolean {
  return close.subarray(0, bars).some((price) => price !== close[0]);
}

function seriesSamples(series: Series, first: number, stopping: number): SeriesSamples {
  // Bars up to the last training sample's target are known when training ends.
  const { scaling, inputs } = learnNetworkInputs(series, stopping + 1);
  return {
    inputs,
    scaling,
    first,
    stopping,
    end: series.times.length - 1,
  };
}

/** All rows one below the other, and the samples by their row. */
function joinSamples(parts: readonly SeriesSamples[]): TrainingSamples {
  const bars = parts.reduce((sum, { inputs }) => sum + inputs.targets.length, 0);
  const data = {
    inputs: new Float32Array(bars * INPUT_COUNT),
    skip: new Float32Array(bars * SKIP_COUNT),
    targets: new Float32Array(bars),
  };
  const training: number[] = [];
  const stopping: number[] = [];
  let row = 0;
  for (const part of parts) {
    data.inputs.set(part.inputs.inputs, row * INPUT_COUNT);
    data.skip.set(part.inputs.skip, row * SKIP_COUNT);
    data.targets.set(part.inputs.targets, row);
    for (let cutoff = part.first; cutoff < part.end; cutoff++) {
      (cutoff < part.stopping ? training : stopping).push(row + cutoff);
    }
    row += part.inputs.targets.length;
  }
  return { data, training: Int32Array.from(training), stopping: Int32Array.from(stopping) };
}
