import { FitError } from '../../errors/fit-error.ts';
import type { Json } from '../../json.ts';
import { decodeFloat32 } from '../../numerics/float32-codec.ts';
import { decodeFloat64 } from '../../numerics/float64-codec.ts';

/** Reads the fields of a fit's checkpoint; each call throws FitError `invalid_artifact`, naming the field, for what does not fit. */
export class CheckpointReader {
  readonly #state: { readonly [key: string]: Json };
  readonly #of: string;

  /** @param of what the checkpoint must be of, for messages: `LSTM` */
  constructor(checkpoint: Json, of: string) {
    this.#of = of;
    if (checkpoint === null || typeof checkpoint !== 'object' || Array.isArray(checkpoint)) {
      throw invalid(of, 'it is not an object');
    }
    this.#state = checkpoint as { readonly [key: string]: Json };
  }

  isNull(field: string): boolean {
    return (this.#state[field] ?? null) === null;
  }

  /** The field as it is; what is not there is null. */
  json(field: string): Json {
    return this.#state[field] ?? null;
  }

  integer(field: string, lowest: number, highest: number): number {
    const value = this.#state[field];
    if (typeof value === 'number' && Number.isInteger(value) && value >= lowest && value <= highest) {
      return value;
    }
    throw invalid(
      this.#of,
      `${field} is ${JSON.stringify(value)}, not a whole number from ${lowest} to ${highest}`,
    );
  }

  boolean(field: string): boolean {
    const value = this.#state[field];
    if (typeof value === 'boolean') return value;
    throw invalid(this.#of, `${field} is ${JSON.stringify(value)}, not true or false`);
  }

  /** Single precision. */
  floats(field: string, length: number): Float32Array {
    return decoded(decodeFloat32, this.#state[field], length, field, this.#of);
  }

  /** Double precision. */
  doubles(field: string, length: number): Float64Array {
    return decoded(decodeFloat64, this.#state[field], length, field, this.#of);
  }
}

/** Floats as text, in a field or by themselves. @throws FitError `invalid_artifact` */
export function decoded<Values extends Float32Array | Float64Array>(
  decode: (text: string) => Values,
  json: Json | undefined,
  length: number,
  name: string,
  of: string,
): Values {
  if (typeof json !== 'string') throw invalid(of, `${name} is missing`);
  let values: Values;
  try {
    values = decode(json);
  } catch (error) {
    throw invalid(of, `${name} cannot be decoded: ${(error as Error).message}`);
  }
  if (values.length !== length) {
    throw invalid(of, `${name} holds ${values.length} values where ${length} are needed`);
  }
  return values;
}

function invalid(of: string, reason: string): FitError {
  return new FitError('invalid_artifact', `Not a checkpoint of this ${of} fit: ${reason}`);
}
