import { headsBackward } from './heads';
import { gateGradients, rowGradients, transposeWeights, weightGradients } from './layer-backward';
import { Network } from './network';
import { paddedCount } from './network-forward';

/** The derivative of the mean loss of the `count` samples that `networkForward` saw last, by backpropagation through time. */
export function networkBackward(network: Network, count: i32, masked: bool): void {
  const batch = paddedCount(count);
  const hidden = network.hidden;
  const top = network.layerCount - 1;
  memory.fill(network.gradient, 0, <usize>network.parameterCount << 2);
  // The samples that fill the batch up have no loss, so all their derivatives are 0.
  memory.fill(network.outputGradient, 0, <usize>(batch * hidden) << 2);
  for (let index = 0; index <= top; index++) {
    const layer = network.layer(index);
    transposeWeights(layer);
    memory.fill(layer.rowGradient, 0, <usize>(batch * layer.gradientColumns) << 2);
    memory.fill(layer.cellGradient, 0, <usize>(batch * hidden) << 2);
  }
  for (let sample = 0; sample < count; sample++) headsBackward(network, sample, count);
  const last = network.lookback - 1;
  for (let step = last; step >= 0; step--) {
    for (let index = top; index >= 0; index--) {
      const layer = network.layer(index);
      if (index < top) {
        const above = network.layer(index + 1);
        gateGradients(layer, step, batch, above.rowGradient + (<usize>hidden << 2), above.gradientColumns, masked);
      } else {
        gateGradients(layer, step, batch, step == last ? network.outputGradient : 0, hidden, masked);
      }
      weightGradients(layer, step, batch);
      if (index > 0 || step > 0) rowGradients(layer, step, batch);
    }
  }
}
