import { sampleLoss } from './heads';
import { allocate, Network } from './network';
import { networkBackward } from './network-backward';
import { headsOnly, networkForward } from './network-forward';
import { adam, norm } from './optimiser';

/** An instance of the module holds one network at a time. */
let network: Network = changetype<Network>(0);

/** Lays out a network and its arrays, in place of the one before. The caller has checked the sizes. */
export function configure(
  inputs: i32,
  skipInputs: i32,
  hidden: i32,
  layerCount: i32,
  lookback: i32,
  batch: i32,
  bars: i32,
  degreesOfFreedom: f64,
): void {
  heap.reset();
  network = changetype<Network>(heap.alloc(offsetof<Network>()));
  network.inputs = inputs;
  network.skipInputs = skipInputs;
  network.hidden = hidden;
  network.layerCount = layerCount;
  network.lookback = lookback;
  network.batch = (batch + 3) & ~3;
  network.degreesOfFreedom = degreesOfFreedom;
  allocate(network, bars);
}

/** Location and log scale of the samples 0 to `count` - 1. */
export function forward(count: i32, masked: bool): void {
  networkForward(network, count, masked);
}

/** The same with other masks of the top layer, for the samples that `forward` saw last. */
export function heads(count: i32, masked: bool): void {
  headsOnly(network, count, masked);
}

/** Sum of the losses of the samples that `forward` saw last. */
export function loss(count: i32): f64 {
  let sum: f64 = 0;
  for (let sample = 0; sample < count; sample++) sum += sampleLoss(network, sample);
  return sum;
}

/** The gradient of the mean of those losses; `count` and `masked` are those of that `forward`. */
export function backward(count: i32, masked: bool): void {
  networkBackward(network, count, masked);
}

/** Euclidean norm of the gradient. */
export function gradientNorm(): f64 {
  return norm(network.gradient, network.parameterCount);
}

/** One step of Adam with the gradient times `factor`. */
export function update(factor: f32, stepSize: f32, epsilon: f32): void {
  adam(network, factor, stepSize, epsilon);
}

/** Floats in `parameters`, `gradient` and the moments. */
export function parameterCount(): i32 {
  return network.parameterCount;
}

// Where the arrays begin, in bytes.

export function parameters(): usize {
  return network.parameters;
}

export function gradient(): usize {
  return network.gradient;
}

export function firstMoment(): usize {
  return network.firstMoment;
}

export function secondMoment(): usize {
  return network.secondMoment;
}

export function inputRows(): usize {
  return network.inputRows;
}

export function skipRows(): usize {
  return network.skipRows;
}

export function targets(): usize {
  return network.targets;
}

export function samples(): usize {
  return network.samples;
}

export function masks(): usize {
  return network.masks;
}

export function locations(): usize {
  return network.locations;
}

export function logScales(): usize {
  return network.logScales;
}
