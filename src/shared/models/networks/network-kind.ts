import type { SeededRandom } from '../../numerics/random.ts';
import type { Hyperparameters, MemberName } from '../forecaster.ts';
import type { Network, NetworkData } from './network.ts';

/** What every member made of networks is told before it is fitted. */
export interface NetworkHyperparameters {
  /** Bars the network sees, 2 to 120. */
  readonly lookback: number;
  /** Adam's step size, above 0 and at most 1. */
  readonly learningRate: number;
  /** Share of the outputs dropped while training, 0 to 0.9. */
  readonly dropout: number;
  /** Epochs at most, 1 to 1000; early stopping may take fewer. */
  readonly epochs: number;
  /** Samples per mini-batch, 1 to 1024. */
  readonly batchSize: number;
  /** Networks that are trained from different seeds and averaged, 1 to 10; default 1. */
  readonly networks: number;
  /** Forward passes with dropout that a forecast averages (Monte-Carlo dropout), 0 to 200; default 0: one without dropout. */
  readonly monteCarloPasses: number;
}

/** What tells one member made of networks from another; data, training, residuals and artifacts are the same. */
export interface NetworkKind<H extends NetworkHyperparameters> {
  readonly name: MemberName;
  /** Of the artifact; changes whenever one written before can no longer be read. */
  readonly artifactVersion: number;
  /** Hyperparameters with their defaults. @throws FitError `invalid_hyperparameters` */
  parse(hyperparameters: Hyperparameters): H;
  /** Parameters of one network. */
  parameterCount(hyperparameters: H): number;
  /** Parameters before training. */
  initialParameters(hyperparameters: H, random: SeededRandom): Float32Array;
  /** @param batch samples at most of one `forward` */
  load(hyperparameters: H, data: NetworkData, parameters: Float32Array, batch: number): Network;
}
