/** @throws RangeError naming the values */
export function requireLength(name: string, values: Float32Array, length: number): void {
  if (values.length !== length) throw new RangeError(`${values.length} ${name} where ${length} are needed`);
}
