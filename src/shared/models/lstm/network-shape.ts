/** The sizes of a network; they fix how its parameters are laid out. */
export interface NetworkShape {
  /** Inputs per bar. */
  readonly inputs: number;
  /** Hidden units. */
  readonly hidden: number;
  /** Bars the network sees, the last of them the cutoff. */
  readonly lookback: number;
  /** Inputs at the cutoff that go straight to the log scale, past the recurrent layer. */
  readonly skipInputs: number;
}

/** Where each block of the flat parameter vector begins, and how long the vector is. */
export interface ParameterLayout {
  /**
   * `hidden` units x `row` inputs x 4 gates (input, forget, cell, output), in this order of nesting; a row is the bar's
   * inputs, the previous hidden state and a constant 1 for the bias.
   */
  readonly recurrent: number;
  /** Location head: `hidden` weights and a bias. */
  readonly location: number;
  /** Log scale head: `hidden` weights, `skipInputs` weights and a bias. */
  readonly logScale: number;
  readonly length: number;
  /** Length of a row. */
  readonly row: number;
}

/** The layout of a network's parameters. */
export function parameterLayout(shape: NetworkShape): ParameterLayout {
  const row = shape.inputs + shape.hidden + 1;
  const location = shape.hidden * row * 4;
  const logScale = location + shape.hidden + 1;
  return {
    recurrent: 0,
    location,
    logScale,
    length: logScale + shape.hidden + shape.skipInputs + 1,
    row,
  };
}
