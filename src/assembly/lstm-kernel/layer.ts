/**
 * One LSTM layer: its sizes, and where its arrays begin in memory. All arrays are of f32.
 *
 * Four units make a quad: their four gates are 16 neighbouring floats (input x 4, forget x 4, candidate x 4, output x 4),
 * which is what the inner loops hold in registers.
 */
@unmanaged
export class Layer {
  /** Units; a multiple of 4. */
  hidden: i32 = 0;
  /** hidden / 4. */
  quads: i32 = 0;
  /** Previous hidden state and inputs: what is summed over. */
  summed: i32 = 0;
  /** Length of a row: `summed`, then 1 for the bias, then 0 where that makes it even. */
  row: i32 = 0;
  /** Columns of `rowGradient`: those of the previous hidden state, for an upper layer also its inputs; then 0 up to a multiple of 8. */
  gradientColumns: i32 = 0;

  /** quad x row x 16. */
  weights: usize = 0;
  /** As `weights`. */
  gradient: usize = 0;
  /** strip of 8 columns x (quad x 16) x 8: the weights as the backward pass reads them. */
  transposed: usize = 0;
  /** (lookback + 1) x batch x row: previous hidden state, inputs, 1. */
  rows: usize = 0;
  /** lookback x quad x batch x 16: the gates; after the backward pass, the derivatives before their activation. */
  gates: usize = 0;
  /** (lookback + 1) x quad x batch x 4. */
  cells: usize = 0;
  /** lookback x quad x batch x 4: tanh of the cells. */
  cellTanh: usize = 0;
  /** batch x gradientColumns: derivative by the row of the step last gone through. */
  rowGradient: usize = 0;
  /** quad x batch x 4: derivative by the cell. */
  cellGradient: usize = 0;
  /** batch x hidden: factors of the layer's output, the same at every step (dropout). */
  mask: usize = 0;
}
