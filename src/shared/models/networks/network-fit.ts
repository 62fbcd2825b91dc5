import ln from '@stdlib/math-base-special-ln';
import { FitError } from '../../errors/fit-error.ts';
import type { Json } from '../../json.ts';
import { deriveSeed } from '../../numerics/derive-seed.ts';
import { decodeFloat32, encodeFloat32 } from '../../numerics/float32-codec.ts';
import { encodeFloat64 } from '../../numerics/float64-codec.ts';
import type { Series } from '../../series/series.ts';
import { ResidualPool } from '../empirical-residuals.ts';
import type { FittedForecaster, Resumable, StepBudget } from '../forecaster.ts';
import { CheckpointReader, decoded } from './checkpoint-reader.ts';
import { FittedNetwork, monteCarloDropout } from './fitted-network.ts';
import { type BarForecast, forecastBars } from './network-forecasts.ts';
import { firstForecastBar } from './network-inputs.ts';
import type { NetworkHyperparameters, NetworkKind } from './network-kind.ts';
import { NetworkTraining } from './network-training.ts';
import { collectTrainingData, type TrainingData } from './training-data.ts';

/** Passes with dropout for a bar that the fit has seen: they only measure the residuals' scale, over hundreds of bars. */
const RESIDUAL_PASSES = 8;
/** Bars of one unit of work when the fit's own bars are forecast. */
const FORECAST_BARS = 64;
/** Share of the work that training is. */
const TRAINING_SHARE = 0.9;

/**
 * A fit of a member made of networks: they are trained one after the other, then the bars of the fit are forecast for their residuals.
 */
export class NetworkFit<H extends NetworkHyperparameters> implements Resumable<FittedForecaster> {
  readonly #kind: NetworkKind<H>;
  readonly #series: Series;
  readonly #hyperparameters: H;
  readonly #seed: number;
  readonly #data: TrainingData;
  /** The cutoffs of the fit's own bars. */
  readonly #cutoffs: Int32Array;
  readonly #trained: Float32Array[] = [];
  readonly #forecasts: BarForecast[] = [];
  #training: NetworkTraining<H> | undefined;

  /**
   * Series and hyperparameters have been checked.
   *
   * @param companions further series to train on, up to the same cutoff
   * @throws FitError `invalid_artifact` for another fit's checkpoint; `constant_series`, `companion_beyond_cutoff`; from `step`
   * also `not_finite`
   */
  constructor(
    kind: NetworkKind<H>,
    series: Series,
    hyperparameters: H,
    seed: number,
    companions: readonly Series[],
    checkpoint?: Json,
  ) {
    this.#kind = kind;
    this.#series = series;
    this.#hyperparameters = hyperparameters;
    this.#seed = seed;
    this.#data = collectTrainingData(series, companions, hyperparameters.lookback);
    const first = firstForecastBar(hyperparameters.lookback) - 1;
    this.#cutoffs = Int32Array.from({ length: series.close.length - 1 - first }, (_, i) => first + i);
    if (checkpoint !== undefined) this.#resume(checkpoint);
  }

  step(budget: StepBudget): boolean {
    while (!this.#done) {
      if (this.#trained.length < this.#hyperparameters.networks) {
        this.#training ??= this.#startTraining();
        if (this.#training.step(budget)) {
          this.#trained.push(this.#training.result());
          this.#training = undefined;
        }
      } else {
        this.#forecastBars();
      }
      if (budget.expired()) break;
    }
    return this.#done;
  }

  progress(): number {
    if (this.#done) return 1;
    const trained = this.#trained.length + (this.#training?.progress() ?? 0);
    return (
      (TRAINING_SHARE * trained) / this.#hyperparameters.networks +
      ((1 - TRAINING_SHARE) * this.#forecasts.length) / this.#cutoffs.length
    );
  }

  checkpoint(): Json {
    return {
      of: this.#identity,
      trained: this.#trained.map(encodeFloat32),
      training: this.#training?.checkpoint() ?? null,
      means: encodeFloat64(Float64Array.from(this.#forecasts, ({ mean }) => mean)),
      scales: encodeFloat64(Float64Array.from(this.#forecasts, ({ scale }) => scale)),
    };
  }

  /** @throws Error before `step` returned true */
  result(): FittedForecaster {
    if (!this.#done)
      throw new Error(`The ${this.#kind.name} is not fitted yet: step() has not returned true.`);
    const { returns } = this.#data.own;
    const { close, symbol, times } = this.#series;
    const residuals = this.#forecasts.map(
      ({ mean, scale }, i) => (returns[this.#cutoffs[i] + 1] - mean) / scale,
    );
    return new FittedNetwork(this.#kind, {
      symbol,
      cutoff: times[times.length - 1],
      hyperparameters: this.#hyperparameters,
      scaling: this.#data.scaling,
      seed: this.#seed,
      networks: this.#trained,
      trainedOn: this.#data.trainedOn,
      pool: new ResidualPool(undefined, residuals),
      meanReturn: ln(close[close.length - 1] / close[0]) / (close.length - 1),
      longRunVariance: mean(this.#forecasts.map(({ scale }) => scale * scale)),
      persistence: autocorrelation(this.#forecasts.map(({ scale }) => ln(scale))),
    });
  }

  get #done(): boolean {
    return this.#forecasts.length === this.#cutoffs.length;
  }

  #startTraining(checkpoint?: Json): NetworkTraining<H> {
    const seed = deriveSeed(this.#seed, 'network', this.#trained.length);
    const { symbol } = this.#series;
    return new NetworkTraining(
      this.#kind,
      this.#hyperparameters,
      symbol,
      this.#data.samples,
      seed,
      checkpoint,
    );
  }

  #forecastBars(): void {
    const from = this.#forecasts.length;
    const cutoffs = this.#cutoffs.subarray(from, from + FORECAST_BARS);
    const dropout = monteCarloDropout(this.#hyperparameters, this.#seed, RESIDUAL_PASSES);
    const { times } = this.#series;
    this.#forecasts.push(
      ...forecastBars(
        this.#kind,
        this.#hyperparameters,
        this.#trained,
        this.#data.own,
        times,
        cutoffs,
        dropout,
      ),
    );
  }

  #resume(checkpoint: Json): void {
    const state = new CheckpointReader(checkpoint, this.#kind.name);
    if (JSON.stringify(state.json('of')) !== JSON.stringify(this.#identity)) {
      throw new FitError(
        'invalid_artifact',
        `The checkpoint is of another ${this.#kind.name} fit: ${JSON.stringify(state.json('of'))}, not ${JSON.stringify(this.#identity)}.`,
      );
    }
    const length = this.#kind.parameterCount(this.#hyperparameters);
    for (const network of state.list('trained', this.#hyperparameters.networks)) {
      this.#trained.push(decoded(decodeFloat32, network, length, 'trained', this.#kind.name));
    }
    const means = state.doubles('means');
    const scales = state.doubles('scales', means.length);
    const complete = this.#trained.length === this.#hyperparameters.networks;
    if (means.length > (complete ? this.#cutoffs.length : 0)) {
      throw new FitError(
        'invalid_artifact',
        `The checkpoint of this ${this.#kind.name} fit holds ${means.length} forecasts, too many.`,
      );
    }
    means.forEach((mean, i) => {
      this.#forecasts.push({ mean, scale: scales[i] });
    });
    if (!complete && !state.isNull('training')) this.#training = this.#startTraining(state.json('training'));
  }

  /** What a checkpoint must have been made of to be resumed here. A list: jsonb does not keep the order of keys. */
  get #identity(): Json {
    const { symbol, times } = this.#series;
    return [
      ...[symbol, times[0], times[times.length - 1], times.length, this.#seed],
      ...this.#data.trainedOn,
      ...Object.entries(this.#hyperparameters).flat(),
    ];
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Lag-1 autocorrelation, held within 0 and 0.999; 0 when the values do not vary. */
function autocorrelation(values: readonly number[]): number {
  const centre = mean(values);
  let squares = 0;
  let products = 0;
  for (let i = 0; i < values.length; i++) {
    const deviation = values[i] - centre;
    squares += deviation * deviation;
    if (i > 0) products += deviation * (values[i - 1] - centre);
  }
  return squares > 0 ? Math.max(0, Math.min(0.999, products / squares)) : 0;
}
