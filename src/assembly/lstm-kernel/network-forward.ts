import { headsForward } from './heads';
import { Layer } from './layer';
import { forwardStep } from './layer-forward';
import { Network } from './network';

/** The inner loops take four samples at a time. */
export function paddedCount(count: i32): i32 {
  return (count + 3) & ~3;
}

/** Runs the layers and the heads on the samples 0 to `count` - 1; with `masked`, each layer's output is multiplied by its mask. */
export function networkForward(network: Network, count: i32, masked: bool): void {
  const batch = paddedCount(count);
  const hidden = network.hidden;
  const top = network.layerCount - 1;
  for (let index = 0; index <= top; index++) clearState(network, network.layer(index), batch);
  gatherInputs(network, count, batch);
  for (let step = 0; step < network.lookback; step++) {
    for (let index = 0; index <= top; index++) {
      const layer = network.layer(index);
      forwardStep(layer, step, batch);
      if (index < top) {
        const above = network.layer(index + 1);
        const inputs = above.rows + (<usize>(step * batch * above.row + hidden) << 2);
        copyOutputs(layer, step, batch, masked, inputs, above.row);
      }
    }
  }
  headsOnly(network, count, masked);
}

/** The heads alone, on what the top layer said last: of one layer, another mask changes nothing else. */
export function headsOnly(network: Network, count: i32, masked: bool): void {
  const top = network.layer(network.layerCount - 1);
  copyOutputs(top, network.lookback - 1, paddedCount(count), masked, network.outputs, network.hidden);
  for (let sample = 0; sample < count; sample++) headsForward(network, sample);
}

/** The state before the first bar is 0; the bias entry of every row is 1. */
function clearState(network: Network, layer: Layer, batch: i32): void {
  const rowBytes = <usize>layer.row << 2;
  memory.fill(layer.cells, 0, <usize>(batch * layer.hidden) << 2);
  let row = layer.rows;
  for (let sample = 0; sample < batch; sample++) {
    memory.fill(row, 0, <usize>layer.hidden << 2);
    row += rowBytes;
  }
  let bias = layer.rows + (<usize>layer.summed << 2);
  for (let i = 0; i < network.lookback * batch; i++) {
    store<f32>(bias, 1);
    if (layer.row > layer.summed + 1) store<f32>(bias, 0, 4);
    bias += rowBytes;
  }
}

/** The bars of each sample; those that fill the batch up see the first sample's, and nothing is asked of them. */
function gatherInputs(network: Network, count: i32, batch: i32): void {
  const layer = network.layer(0);
  const rowBytes = <usize>layer.row << 2;
  const inputBytes = <usize>network.inputs << 2;
  let row = layer.rows + (<usize>layer.hidden << 2);
  for (let step = 0; step < network.lookback; step++) {
    for (let sample = 0; sample < batch; sample++) {
      const source: i32 = sample < count ? sample : 0;
      const cutoff = load<i32>(network.samples + (<usize>source << 2));
      const bar = cutoff - network.lookback + 1 + step;
      memory.copy(row, network.inputRows + <usize>bar * inputBytes, inputBytes);
      row += rowBytes;
    }
  }
}

/** The hidden state after `step`, times its mask, into rows of `stride` floats. */
function copyOutputs(layer: Layer, step: i32, batch: i32, masked: bool, target: usize, stride: i32): void {
  const rowBytes = <usize>layer.row << 2;
  const hiddenBytes = <usize>layer.hidden << 2;
  let source = layer.rows + <usize>((step + 1) * batch) * rowBytes;
  let mask = layer.mask;
  for (let sample = 0; sample < batch; sample++) {
    for (let p: usize = 0; p < hiddenBytes; p += 16) {
      const value = v128.load(source + p);
      v128.store(target + p, masked ? f32x4.mul(value, v128.load(mask + p)) : value);
    }
    source += rowBytes;
    target += <usize>stride << 2;
    mask += hiddenBytes;
  }
}
