import { Layer } from './layer';

/** In memory for the same reason as the constants of the activations. */
const ONE: usize = memory.data<f32>([1]);

/**
 * The weights as `rowGradients` reads them: for each 8 columns of the row, all derivatives' factors one after the other.
 */
export function transposeWeights(layer: Layer): void {
  const quads = layer.quads;
  const row = layer.row;
  const columns = layer.gradientColumns;
  const summed = layer.summed;
  let target = layer.transposed;
  for (let strip = 0; strip < columns; strip += 8) {
    for (let quad = 0; quad < quads; quad++) {
      const source = layer.weights + (<usize>(quad * row) << 6);
      for (let gate = 0; gate < 16; gate++) {
        for (let column = strip; column < strip + 8; column++) {
          const weight: f32 = column < summed ? load<f32>(source + (<usize>column << 6) + (<usize>gate << 2)) : 0;
          store<f32>(target, weight);
          target += 4;
        }
      }
    }
  }
}

/**
 * Derivatives before the activations of one step, in place of its gates.
 *
 * The derivative by the hidden state that the step's successor gave is in `rowGradient`.
 *
 * @param outputGradient the derivative by the step's output, from the layer above or the heads: batch rows of `outputStride`
 * floats; 0 where there is none
 */
export function gateGradients(
  layer: Layer,
  step: i32,
  batch: i32,
  outputGradient: usize,
  outputStride: i32,
  masked: bool,
): void {
  const quads = layer.quads;
  const quadBytes = <usize>batch << 4;
  const hiddenBytes = <usize>layer.hidden << 2;
  const columnBytes = <usize>layer.gradientColumns << 2;
  const outputBytes = <usize>outputStride << 2;
  for (let quad = 0; quad < quads; quad++) {
    let gates = layer.gates + ((<usize>(step * quads + quad)) * quadBytes << 2);
    let cells = layer.cells + <usize>(step * quads + quad) * quadBytes;
    let cellTanh = layer.cellTanh + <usize>(step * quads + quad) * quadBytes;
    let cellGradient = layer.cellGradient + <usize>quad * quadBytes;
    let hidden = layer.rowGradient + (<usize>quad << 4);
    let output = outputGradient + (<usize>quad << 4);
    let mask = layer.mask + (<usize>quad << 4);
    for (let sample = 0; sample < batch; sample++) {
      let byHidden = v128.load(hidden);
      if (outputGradient != 0) {
        let byOutput = v128.load(output);
        if (masked) byOutput = f32x4.mul(byOutput, v128.load(mask));
        byHidden = f32x4.add(byHidden, byOutput);
      }
      const one = v128.load32_splat(ONE);
      const i = v128.load(gates);
      const f = v128.load(gates, 16);
      const g = v128.load(gates, 32);
      const o = v128.load(gates, 48);
      const squashed = v128.load(cellTanh);
      const byCell = f32x4.add(
        v128.load(cellGradient),
        f32x4.mul(f32x4.mul(byHidden, o), f32x4.sub(one, f32x4.mul(squashed, squashed))),
      );
      v128.store(gates, f32x4.mul(f32x4.mul(byCell, g), f32x4.mul(i, f32x4.sub(one, i))));
      v128.store(gates, f32x4.mul(f32x4.mul(byCell, v128.load(cells)), f32x4.mul(f, f32x4.sub(one, f))), 16);
      v128.store(gates, f32x4.mul(f32x4.mul(byCell, i), f32x4.sub(one, f32x4.mul(g, g))), 32);
      v128.store(gates, f32x4.mul(f32x4.mul(byHidden, squashed), f32x4.mul(o, f32x4.sub(one, o))), 48);
      v128.store(cellGradient, f32x4.mul(byCell, f));
      gates += 64;
      cells += 16;
      cellTanh += 16;
      cellGradient += 16;
      hidden += columnBytes;
      output += outputBytes;
      mask += hiddenBytes;
    }
  }
}

/** Derivative by the step's rows: gate derivatives x weights, four samples and eight columns at a time. */
export function rowGradients(layer: Layer, step: i32, batch: i32): void {
  const quads = layer.quads;
  const columns = layer.gradientColumns;
  const columnBytes = <usize>columns << 2;
  const quadBytes = <usize>batch << 6;
  const gates = layer.gates + <usize>(step * quads) * quadBytes;
  const stripBytes = <usize>quads << 9;
  for (let column = 0; column < columns; column += 8) {
    const strip = layer.transposed + <usize>(column >> 3) * stripBytes;
    const stripEnd = strip + stripBytes;
    for (let sample = 0; sample < batch; sample += 4) {
      let a0 = f32x4.splat(0);
      let b0 = a0;
      let c0 = a0;
      let d0 = a0;
      let a1 = a0;
      let b1 = a0;
      let c1 = a0;
      let d1 = a0;
      let z = gates + (<usize>sample << 6);
      for (let w = strip; w < stripEnd; z += quadBytes) {
        const quadEnd = w + 512;
        let y = z;
        for (; w < quadEnd; w += 32) {
          const w0 = v128.load(w);
          const w1 = v128.load(w, 16);
          const a = v128.load32_splat(y);
          const b = v128.load32_splat(y, 64);
          const c = v128.load32_splat(y, 128);
          const d = v128.load32_splat(y, 192);
          a0 = f32x4.add(a0, f32x4.mul(w0, a));
          a1 = f32x4.add(a1, f32x4.mul(w1, a));
          b0 = f32x4.add(b0, f32x4.mul(w0, b));
          b1 = f32x4.add(b1, f32x4.mul(w1, b));
          c0 = f32x4.add(c0, f32x4.mul(w0, c));
          c1 = f32x4.add(c1, f32x4.mul(w1, c));
          d0 = f32x4.add(d0, f32x4.mul(w0, d));
          d1 = f32x4.add(d1, f32x4.mul(w1, d));
          y += 4;
        }
      }
      let target = layer.rowGradient + <usize>sample * columnBytes + (<usize>column << 2);
      v128.store(target, a0);
      v128.store(target, a1, 16);
      target += columnBytes;
      v128.store(target, b0);
      v128.store(target, b1, 16);
      target += columnBytes;
      v128.store(target, c0);
      v128.store(target, c1, 16);
      target += columnBytes;
      v128.store(target, d0);
      v128.store(target, d1, 16);
    }
  }
}

/** Adds the step's part to the derivative by the weights: rows x gate derivatives, two row entries and a quad at a time. */
export function weightGradients(layer: Layer, step: i32, batch: i32): void {
  const quads = layer.quads;
  const row = layer.row;
  const rowBytes = <usize>row << 2;
  const rows = layer.rows + <usize>(step * batch) * rowBytes;
  const quadBytes = <usize>batch << 6;
  for (let quad = 0; quad < quads; quad++) {
    const gates = layer.gates + <usize>(step * quads + quad) * quadBytes;
    const gatesEnd = gates + quadBytes;
    let target = layer.gradient + (<usize>(quad * row) << 6);
    for (let entry = 0; entry < row; entry += 2) {
      let i0 = v128.load(target);
      let f0 = v128.load(target, 16);
      let g0 = v128.load(target, 32);
      let o0 = v128.load(target, 48);
      let i1 = v128.load(target, 64);
      let f1 = v128.load(target, 80);
      let g1 = v128.load(target, 96);
      let o1 = v128.load(target, 112);
      let r = rows + (<usize>entry << 2);
      for (let z = gates; z < gatesEnd; z += 64) {
        const x = v128.load32_splat(r);
        const y = v128.load32_splat(r, 4);
        const zi = v128.load(z);
        const zf = v128.load(z, 16);
        const zg = v128.load(z, 32);
        const zo = v128.load(z, 48);
        i0 = f32x4.add(i0, f32x4.mul(zi, x));
        f0 = f32x4.add(f0, f32x4.mul(zf, x));
        g0 = f32x4.add(g0, f32x4.mul(zg, x));
        o0 = f32x4.add(o0, f32x4.mul(zo, x));
        i1 = f32x4.add(i1, f32x4.mul(zi, y));
        f1 = f32x4.add(f1, f32x4.mul(zf, y));
        g1 = f32x4.add(g1, f32x4.mul(zg, y));
        o1 = f32x4.add(o1, f32x4.mul(zo, y));
        r += rowBytes;
      }
      v128.store(target, i0);
      v128.store(target, f0, 16);
      v128.store(target, g0, 32);
      v128.store(target, o0, 48);
      v128.store(target, i1, 64);
      v128.store(target, f1, 80);
      v128.store(target, g1, 96);
      v128.store(target, o1, 112);
      target += 128;
    }
  }
}
