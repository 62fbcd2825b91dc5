import ln from '@stdlib/math-base-special-ln';
import { FitError } from '../../errors/fit-error.ts';
import { deriveSeed } from '../../numerics/derive-seed.ts';
import { decodeFloat64, encodeFloat64 } from '../../numerics/float64-codec.ts';
import { SeededRandom } from '../../numerics/random.ts';
import type { Series } from '../../series/series.ts';
import { ResidualPool } from '../empirical-residuals.ts';
import type { FittedForecaster, Json, Resumable, StepBudget } from '../forecaster.ts';
import { type AdamState, adamStep, initialAdamState } from './adam.ts';
import { type BarForecast, FittedLstm, firstForecastBar, forecastBar } from './fitted-lstm.ts';
import { clipGradient } from './gradient-clipping.ts';
import { initialParameters } from './initial-parameters.ts';
import type { InputScaling } from './input-scaling.ts';
import { networkShape } from './lstm-artifact.ts';
import type { LstmHyperparameters } from './lstm-hyperparameters.ts';
import { LstmNetwork } from './lstm-network.ts';
import { learnInputScaling, type NetworkInputs, networkInputs } from './network-inputs.ts';
import { studentTLoss } from './student-t-loss.ts';

/** Share of the fit's samples, the latest, that are kept for early stopping. */
const STOPPING_SHARE = 0.15;
/** Epochs without a better loss on them after which training stops. */
const PATIENCE = 4;
const GRADIENT_LIMIT = 1;

/**
 * A fit of an LSTM, by mini-batches; one unit of work is one batch, or one pass over the early-stopping samples.
 *
 * All randomness of an epoch and batch derives from the seed and their numbers, so the checkpoint needs no generator.
 */
export class LstmFit implements Resumable<FittedForecaster> {
  readonly #series: Series;
  readonly #hyperparameters: LstmHyperparameters;
  readonly #seed: number;
  readonly #network: LstmNetwork;
  readonly #scaling: InputScaling;
  readonly #inputs: NetworkInputs;
  /** A sample is named by its cutoff: `#firstSample` to `#firstStopping` - 1 train, then to `#samplesEnd` - 1 stop. */
  readonly #firstSample: number;
  readonly #firstStopping: number;
  readonly #samplesEnd: number;
  readonly #gradient: Float64Array;
  readonly #parameters: Float64Array;
  readonly #adam: AdamState;
  readonly #best: Float64Array;
  #bestLoss = Number.POSITIVE_INFINITY;
  #bestEpoch = 0;
  /** Epochs whose batches are all done. */
  #epoch = 0;
  /** Batches done of the epoch under way. */
  #batch = 0;
  #stopped = false;
  #order: { readonly epoch: number; readonly samples: Int32Array } | undefined;

  /** Series and hyperparameters have been checked. @throws FitError `invalid_artifact` for another fit's checkpoint */
  constructor(series: Series, hyperparameters: LstmHyperparameters, seed: number, checkpoint?: Json) {
    this.#series = series;
    this.#hyperparameters = hyperparameters;
    this.#seed = seed;
    const shape = networkShape(hyperparameters);
    this.#network = new LstmNetwork(shape);
    this.#firstSample = firstForecastBar(hyperparameters.lookback) - 1;
    this.#samplesEnd = series.close.length - 1;
    const stopping = Math.ceil((this.#samplesEnd - this.#firstSample) * STOPPING_SHARE);
    this.#firstStopping = this.#samplesEnd - stopping;
    // The last training sample's target is the bar of the first stopping sample's cutoff: bars before it are known.
    this.#scaling = learnInputScaling(series, this.#firstStopping + 1);
    this.#inputs = networkInputs(series, this.#scaling);
    this.#parameters = initialParameters(shape, new SeededRandom(deriveSeed(seed, 'parameters')));
    this.#gradient = new Float64Array(this.#parameters.length);
    this.#adam = initialAdamState(this.#parameters.length);
    this.#best = this.#parameters.slice();
    if (checkpoint !== undefined) this.#resume(checkpoint);
  }

  step(budget: StepBudget): boolean {
    while (!this.#stopped) {
      if (this.#epoch === 0 && this.#batch === 0) this.#bestLoss = this.#stoppingLoss();
      if (this.#batch < this.#batchCount) this.#trainBatch();
      else this.#endEpoch();
      if (budget.expired()) break;
    }
    return this.#stopped;
  }

  progress(): number {
    if (this.#stopped) return 1;
    return (this.#epoch + this.#batch / (this.#batchCount + 1)) / this.#hyperparameters.epochs;
  }

  checkpoint(): Json {
    const { first, second, firstPower, secondPower } = this.#adam;
    return {
      epoch: this.#epoch,
      batch: this.#batch,
      stopped: this.#stopped,
      bestEpoch: this.#bestEpoch,
      parameters: encodeFloat64(this.#parameters),
      best: encodeFloat64(this.#best),
      first: encodeFloat64(first),
      second: encodeFloat64(second),
      scalars: encodeFloat64(Float64Array.of(firstPower, secondPower, this.#bestLoss)),
    };
  }

  /** The best epoch's network. @throws Error before `step` returned true */
  result(): FittedForecaster {
    if (!this.#stopped) throw new Error('The LSTM is not fitted yet: step() has not returned true.');
    const residuals: number[] = [];
    const forecasts: BarForecast[] = [];
    for (let cutoff = this.#firstSample; cutoff < this.#samplesEnd; cutoff++) {
      const forecast = forecastBar(this.#network, this.#best, this.#inputs, cutoff);
      forecasts.push(forecast);
      residuals.push((this.#inputs.returns[cutoff + 1] - forecast.mean) / forecast.scale);
    }
    const { close, symbol, times } = this.#series;
    return new FittedLstm({
      symbol,
      cutoff: times[times.length - 1],
      hyperparameters: this.#hyperparameters,
      scaling: this.#scaling,
      parameters: this.#best,
      pool: new ResidualPool(undefined, residuals),
      meanReturn: ln(close[close.length - 1] / close[0]) / (close.length - 1),
      longRunVariance: mean(forecasts.map(({ scale }) => scale * scale)),
      persistence: autocorrelation(forecasts.map(({ scale }) => ln(scale))),
    });
  }

  get #batchCount(): number {
    return Math.ceil((this.#firstStopping - this.#firstSample) / this.#hyperparameters.batchSize);
  }

  #trainBatch(): void {
    const { batchSize, dropout, hiddenUnits, learningRate } = this.#hyperparameters;
    const samples = this.#samplesOfEpoch();
    const from = this.#batch * batchSize;
    const to = Math.min(from + batchSize, samples.length);
    const random = new SeededRandom(deriveSeed(this.#seed, 'dropout', this.#epoch, this.#batch));
    const mask = new Float64Array(hiddenUnits);
    const { inputs, skip } = this.#inputs;
    let loss = 0;
    this.#gradient.fill(0);
    for (let i = from; i < to; i++) {
      const cutoff = this.#firstSample + samples[i];
      if (dropout > 0) {
        for (let k = 0; k < hiddenUnits; k++) mask[k] = random.uniform() < dropout ? 0 : 1 / (1 - dropout);
      }
      this.#network.forward(this.#parameters, inputs, skip, cutoff, dropout > 0 ? mask : undefined);
      const sample = studentTLoss(this.#target(cutoff), this.#network.location, this.#network.logScale);
      loss += sample.value;
      const share = to - from;
      this.#network.backward(
        this.#parameters,
        this.#gradient,
        sample.byLocation / share,
        sample.byLogScale / share,
      );
    }
    const norm = clipGradient(this.#gradient, GRADIENT_LIMIT);
    if (!Number.isFinite(loss) || !Number.isFinite(norm)) throw this.#notFinite('loss or gradient');
    adamStep(this.#parameters, this.#gradient, this.#adam, learningRate);
    this.#batch++;
  }

  #endEpoch(): void {
    if (!this.#parameters.every(Number.isFinite)) throw this.#notFinite('weights');
    this.#epoch++;
    this.#batch = 0;
    const loss = this.#stoppingLoss();
    if (loss < this.#bestLoss) {
      this.#bestLoss = loss;
      this.#bestEpoch = this.#epoch;
      this.#best.set(this.#parameters);
    }
    this.#stopped = this.#epoch >= this.#hyperparameters.epochs || this.#epoch - this.#bestEpoch >= PATIENCE;
  }

  #stoppingLoss(): number {
    const { inputs, skip } = this.#inputs;
    let loss = 0;
    for (let cutoff = this.#firstStopping; cutoff < this.#samplesEnd; cutoff++) {
      this.#network.forward(this.#parameters, inputs, skip, cutoff);
      loss += studentTLoss(this.#target(cutoff), this.#network.location, this.#network.logScale).value;
    }
    if (!Number.isFinite(loss)) throw this.#notFinite('loss');
    return loss / (this.#samplesEnd - this.#firstStopping);
  }

  /** The next bar's return in units of the volatility known at the cutoff. */
  #target(cutoff: number): number {
    return Math.fround(this.#inputs.returns[cutoff + 1] / this.#inputs.volatility[cutoff]);
  }

  #samplesOfEpoch(): Int32Array {
    if (this.#order?.epoch !== this.#epoch) {
      const random = new SeededRandom(deriveSeed(this.#seed, 'order', this.#epoch));
      const samples = random.permutation(this.#firstStopping - this.#firstSample);
      this.#order = { epoch: this.#epoch, samples };
    }
    return this.#order.samples;
  }

  #resume(checkpoint: Json): void {
    const state = checkpoint as { readonly [key: string]: Json };
    try {
      setAll(this.#parameters, state.parameters);
      setAll(this.#best, state.best);
      setAll(this.#adam.first, state.first);
      setAll(this.#adam.second, state.second);
      const scalars = decodeFloat64(state.scalars as string);
      this.#adam.firstPower = scalars[0];
      this.#adam.secondPower = scalars[1];
      this.#bestLoss = scalars[2];
    } catch (error) {
      throw new FitError(
        'invalid_artifact',
        `Not a checkpoint of this LSTM fit: ${(error as Error).message}`,
      );
    }
    this.#epoch = state.epoch as number;
    this.#batch = state.batch as number;
    this.#bestEpoch = state.bestEpoch as number;
    this.#stopped = state.stopped as boolean;
  }

  #notFinite(what: string): FitError {
    const { symbol } = this.#series;
    const epoch = this.#epoch + 1;
    return new FitError(
      'not_finite',
      `The LSTM's ${what} for ${symbol} are not finite in epoch ${epoch}: lower the learning rate.`,
      { symbol, epoch },
    );
  }
}

function setAll(target: Float64Array, encoded: Json): void {
  const values = decodeFloat64(encoded as string);
  if (values.length !== target.length) {
    throw new RangeError(`${values.length} values where ${target.length} are needed`);
  }
  target.set(values);
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
