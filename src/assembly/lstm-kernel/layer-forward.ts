import { sigmoid4, tanh4 } from './activations';
import { Layer } from './layer';

/** Gates, cells and hidden state of one step, from the rows of that step; the hidden state goes into the rows of the next. */
export function forwardStep(layer: Layer, step: i32, batch: i32): void {
  const quads = layer.quads;
  const rowBytes = <usize>layer.row << 2;
  const summed = layer.summed;
  const rows = layer.rows + <usize>step * <usize>batch * rowBytes;
  const nextRows = rows + <usize>batch * rowBytes;
  const quadBytes = <usize>batch << 4;
  for (let quad = 0; quad < quads; quad++) {
    const weights = layer.weights + <usize>quad * rowBytes * 16;
    const bias = weights + (<usize>summed << 6);
    const bias0 = v128.load(bias);
    const bias1 = v128.load(bias, 16);
    const bias2 = v128.load(bias, 32);
    const bias3 = v128.load(bias, 48);
    let gates = layer.gates + ((<usize>step * quads + quad) * quadBytes << 2);
    let cells = layer.cells + (<usize>step * quads + quad) * quadBytes;
    let nextCells = layer.cells + (<usize>(step + 1) * quads + quad) * quadBytes;
    let cellTanh = layer.cellTanh + (<usize>step * quads + quad) * quadBytes;
    let next = nextRows + (<usize>quad << 4);
    let first = rows;
    for (let sample = 0; sample < batch; sample += 2) {
      let second = first + rowBytes;
      let i0 = bias0;
      let f0 = bias1;
      let g0 = bias2;
      let o0 = bias3;
      let i1 = bias0;
      let f1 = bias1;
      let g1 = bias2;
      let o1 = bias3;
      let a = first;
      let b = second;
      let w = weights;
      for (; w < bias; w += 64) {
        const x = v128.load32_splat(a);
        const y = v128.load32_splat(b);
        const wi = v128.load(w);
        const wf = v128.load(w, 16);
        const wg = v128.load(w, 32);
        const wo = v128.load(w, 48);
        i0 = f32x4.add(i0, f32x4.mul(wi, x));
        f0 = f32x4.add(f0, f32x4.mul(wf, x));
        g0 = f32x4.add(g0, f32x4.mul(wg, x));
        o0 = f32x4.add(o0, f32x4.mul(wo, x));
        i1 = f32x4.add(i1, f32x4.mul(wi, y));
        f1 = f32x4.add(f1, f32x4.mul(wf, y));
        g1 = f32x4.add(g1, f32x4.mul(wg, y));
        o1 = f32x4.add(o1, f32x4.mul(wo, y));
        a += 4;
        b += 4;
      }
      i0 = sigmoid4(i0);
      f0 = sigmoid4(f0);
      g0 = tanh4(g0);
      o0 = sigmoid4(o0);
      i1 = sigmoid4(i1);
      f1 = sigmoid4(f1);
      g1 = tanh4(g1);
      o1 = sigmoid4(o1);
      v128.store(gates, i0);
      v128.store(gates, f0, 16);
      v128.store(gates, g0, 32);
      v128.store(gates, o0, 48);
      v128.store(gates, i1, 64);
      v128.store(gates, f1, 80);
      v128.store(gates, g1, 96);
      v128.store(gates, o1, 112);
      const c0 = f32x4.add(f32x4.mul(f0, v128.load(cells)), f32x4.mul(i0, g0));
      const c1 = f32x4.add(f32x4.mul(f1, v128.load(cells, 16)), f32x4.mul(i1, g1));
      v128.store(nextCells, c0);
      v128.store(nextCells, c1, 16);
      const t0 = tanh4(c0);
      const t1 = tanh4(c1);
      v128.store(cellTanh, t0);
      v128.store(cellTanh, t1, 16);
      v128.store(next, f32x4.mul(o0, t0));
      v128.store(next + rowBytes, f32x4.mul(o1, t1));
      gates += 128;
      cells += 32;
      nextCells += 32;
      cellTanh += 32;
      next += rowBytes << 1;
      first += rowBytes << 1;
    }
  }
}
