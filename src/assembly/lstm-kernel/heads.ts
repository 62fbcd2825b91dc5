import { Network } from './network';

/** The log scale is held within these bounds: e^-4 to e^4 times the volatility known at the cutoff. */
const LOG_SCALE_LIMIT: f64 = 4;

/** Location and log scale of a sample, from the top layer's output and the skip inputs; summed in double precision. */
export function headsForward(network: Network, sample: i32): void {
  const hidden = network.hidden;
  const skipInputs = network.skipInputs;
  const output = network.outputs + (<usize>(sample * hidden) << 2);
  const location = network.heads;
  const logScale = location + (<usize>(hidden + 1) << 2);
  let locationSum: f64 = load<f32>(location + (<usize>hidden << 2));
  let logScaleSum: f64 = load<f32>(logScale + (<usize>(hidden + skipInputs) << 2));
  for (let unit = 0; unit < hidden; unit++) {
    const p = <usize>unit << 2;
    const value: f64 = load<f32>(output + p);
    locationSum += value * <f64>load<f32>(location + p);
    logScaleSum += value * <f64>load<f32>(logScale + p);
  }
  const skip = skipOf(network, sample);
  const skipWeights = logScale + (<usize>hidden << 2);
  for (let input = 0; input < skipInputs; input++) {
    const p = <usize>input << 2;
    logScaleSum += <f64>load<f32>(skip + p) * <f64>load<f32>(skipWeights + p);
  }
  store<f32>(network.locations + (<usize>sample << 2), <f32>locationSum);
  store<f32>(network.logScales + (<usize>sample << 2), <f32>logScaleSum);
}

/**
 * Negative log-likelihood of a sample's target, without its constant:
 * log s + (v + 1) / 2 log(1 + z^2 / v), z = (target - location) / s.
 */
export function sampleLoss(network: Network, sample: i32): f64 {
  const freedom = network.degreesOfFreedom;
  const logScale = boundedLogScale(network, sample);
  const z = deviation(network, sample) / NativeMath.exp(logScale);
  return logScale + ((freedom + 1) / 2) * NativeMath.log((freedom + z * z) / freedom);
}

/** Adds a sample's part to the derivative of the mean loss of `count` samples by the heads, and sets that by its output. */
export function headsBackward(network: Network, sample: i32, count: i32): void {
  const hidden = network.hidden;
  const skipInputs = network.skipInputs;
  const freedom = network.degreesOfFreedom;
  const logScaleValue = boundedLogScale(network, sample);
  const scale = NativeMath.exp(logScaleValue);
  const z = deviation(network, sample) / scale;
  // The derivative of the second term by z is bounded: an outlier pulls no harder than a large return.
  const pull = ((freedom + 1) * z) / (freedom + z * z);
  const byLocation = <f32>(-pull / scale / <f64>count);
  const bounded = <f64>load<f32>(network.logScales + (<usize>sample << 2)) != logScaleValue;
  const byLogScale: f32 = bounded ? 0 : <f32>((1 - pull * z) / <f64>count);

  const output = network.outputs + (<usize>(sample * hidden) << 2);
  const outputGradient = network.outputGradient + (<usize>(sample * hidden) << 2);
  const toLogScale = <usize>(hidden + 1) << 2;
  for (let unit = 0; unit < hidden; unit++) {
    const p = <usize>unit << 2;
    const value = load<f32>(output + p);
    add(network.headsGradient + p, byLocation * value);
    add(network.headsGradient + toLogScale + p, byLogScale * value);
    const gradient =
      byLocation * load<f32>(network.heads + p) + byLogScale * load<f32>(network.heads + toLogScale + p);
    store<f32>(outputGradient + p, gradient);
  }
  add(network.headsGradient + (<usize>hidden << 2), byLocation);
  const skip = skipOf(network, sample);
  const skipGradient = network.headsGradient + toLogScale + (<usize>hidden << 2);
  for (let input = 0; input < skipInputs; input++) {
    const p = <usize>input << 2;
    add(skipGradient + p, byLogScale * load<f32>(skip + p));
  }
  add(skipGradient + (<usize>skipInputs << 2), byLogScale);
}

// @ts-ignore: decorator
@inline
function add(pointer: usize, value: f32): void {
  store<f32>(pointer, load<f32>(pointer) + value);
}

function cutoffOf(network: Network, sample: i32): i32 {
  return load<i32>(network.samples + (<usize>sample << 2));
}

function skipOf(network: Network, sample: i32): usize {
  return network.skipRows + (<usize>(cutoffOf(network, sample) * network.skipInputs) << 2);
}

function deviation(network: Network, sample: i32): f64 {
  const target: f64 = load<f32>(network.targets + (<usize>cutoffOf(network, sample) << 2));
  return target - <f64>load<f32>(network.locations + (<usize>sample << 2));
}

function boundedLogScale(network: Network, sample: i32): f64 {
  const value: f64 = load<f32>(network.logScales + (<usize>sample << 2));
  // Comparisons, unlike min and max, let a NaN through to the loss, where it is noticed.
  return value > LOG_SCALE_LIMIT ? LOG_SCALE_LIMIT : value < -LOG_SCALE_LIMIT ? -LOG_SCALE_LIMIT : value;
}
