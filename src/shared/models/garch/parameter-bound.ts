/** A bound of a fit: a linear combination of its parameters that the search kept between two values. */
export interface ParameterBound {
  /** What is bounded: a parameter, or a combination of several, such as `persistence`. */
  readonly name: string;
  /** The combination's coefficients, by the parameter's name. */
  readonly coefficients: Readonly<Record<string, number>>;
  readonly lower: number;
  readonly upper: number;
}

/** The bound of one parameter. */
export function boundOf(name: string, lower: number, upper: number): ParameterBound {
  return { name, coefficients: { [name]: 1 }, lower, upper };
}
