import { Layer } from './layer';

/**
 * A stack of LSTM layers under two linear heads: its sizes, and where its arrays begin in memory. Arrays are of f32 and
 * begin as 0; `samples` is of i32.
 */
@unmanaged
export class Network {
  /** Inputs per bar. */
  inputs: i32 = 0;
  /** Inputs at the cutoff that go straight to the log scale. */
  skipInputs: i32 = 0;
  /** Units of each layer; a multiple of 4. */
  hidden: i32 = 0;
  layerCount: i32 = 0;
  /** Bars of a sample. */
  lookback: i32 = 0;
  /** Samples at most; a multiple of 4. */
  batch: i32 = 0;
  /** Of the Student t whose likelihood is the loss. */
  degreesOfFreedom: f64 = 0;
  /** Parameters, with the zeros between them; a multiple of 4. */
  parameterCount: i32 = 0;

  /** The weights of each layer, then `heads`. */
  parameters: usize = 0;
  /** As `parameters`; so are the two moments. */
  gradient: usize = 0;
  firstMoment: usize = 0;
  secondMoment: usize = 0;
  /** Location: `hidden` weights and a bias; log scale: `hidden` weights, `skipInputs` weights and a bias. */
  heads: usize = 0;
  headsGradient: usize = 0;

  /** bars x inputs. */
  inputRows: usize = 0;
  /** bars x skipInputs. */
  skipRows: usize = 0;
  /** One a bar: what the sample that ends at the bar is to forecast. */
  targets: usize = 0;
  /** The bars at which the samples of the batch end. */
  samples: usize = 0;
  /** layerCount x batch x hidden. */
  masks: usize = 0;
  /** One a sample. */
  locations: usize = 0;
  /** One a sample, without its bounds. */
  logScales: usize = 0;
  /** batch x hidden: what the heads see. */
  outputs: usize = 0;
  /** batch x hidden. */
  outputGradient: usize = 0;
  /** Where the layers are, from the bottom. */
  layers: usize = 0;

  layer(index: i32): Layer {
    return changetype<Layer>(load<usize>(this.layers + (<usize>index << 2)));
  }
}

/** `count` floats of 0. */
function floats(count: i32): usize {
  const bytes = <usize>count << 2;
  const pointer = heap.alloc(bytes);
  memory.fill(pointer, 0, bytes);
  return pointer;
}

/** Room for the layers, and the sizes that follow from those of the network. */
function layOutLayers(network: Network): void {
  const hidden = network.hidden;
  network.layers = heap.alloc(<usize>network.layerCount << 2);
  let parameterCount = 0;
  for (let index = 0; index < network.layerCount; index++) {
    const layer = changetype<Layer>(heap.alloc(offsetof<Layer>()));
    store<usize>(network.layers + (<usize>index << 2), changetype<usize>(layer));
    layer.hidden = hidden;
    layer.quads = hidden >> 2;
    layer.summed = hidden + (index == 0 ? network.inputs : hidden);
    layer.row = (layer.summed + 2) & ~1;
    // The bottom layer's inputs are data: nobody asks for the derivative by them.
    layer.gradientColumns = ((index == 0 ? hidden : layer.summed) + 7) & ~7;
    parameterCount += layer.quads * layer.row * 16;
  }
  const headParameters = 2 * hidden + network.skipInputs + 2;
  network.parameterCount = parameterCount + ((headParameters + 3) & ~3);
}

/** Lays out the arrays of a network whose sizes are set, for a series of `bars` bars. */
export function allocate(network: Network, bars: i32): void {
  layOutLayers(network);
  const hidden = network.hidden;
  const lookback = network.lookback;
  const batch = network.batch;
  const parameterCount = network.parameterCount;
  network.parameters = floats(parameterCount);
  network.gradient = floats(parameterCount);
  network.firstMoment = floats(parameterCount);
  network.secondMoment = floats(parameterCount);
  network.masks = floats(network.layerCount * batch * hidden);
  let offset: usize = 0;
  for (let index = 0; index < network.layerCount; index++) {
    const layer = network.layer(index);
    layer.weights = network.parameters + offset;
    layer.gradient = network.gradient + offset;
    offset += <usize>(layer.quads * layer.row) << 6;
    layer.transposed = floats(layer.gradientColumns * layer.quads * 16);
    layer.rows = floats((lookback + 1) * batch * layer.row);
    layer.gates = floats(lookback * layer.quads * batch * 16);
    layer.cells = floats((lookback + 1) * layer.quads * batch * 4);
    layer.cellTanh = floats(lookback * layer.quads * batch * 4);
    layer.rowGradient = floats(batch * layer.gradientColumns);
    layer.cellGradient = floats(layer.quads * batch * 4);
    layer.mask = network.masks + (<usize>(index * batch * hidden) << 2);
  }
  network.heads = network.parameters + offset;
  network.headsGradient = network.gradient + offset;
  network.inputRows = floats(bars * network.inputs);
  network.skipRows = floats(bars * network.skipInputs);
  network.targets = floats(bars);
  network.samples = floats(batch);
  network.locations = floats(batch);
  network.logScales = floats(batch);
  network.outputs = floats(batch * hidden);
  network.outputGradient = floats(batch * hidden);
}
