/** @throws RangeError unless there are at least `need` values, all of them finite */
export function requireValues(values: Float64Array, need: number): number {
  const n = values.length;
  if (n < need) throw new RangeError(`The test needs at least ${need} values, got ${n}`);
  if (!values.every(Number.isFinite)) throw new RangeError(`The ${n} values are not all finite`);
  return n;
}

/** @throws RangeError unless `lags` is an integer from `from` to `to` */
export function requireLags(lags: number, from: number, to: number): void {
  if (Number.isInteger(lags) && lags >= from && lags <= to) return;
  throw new RangeError(`The number of lags must be an integer from ${from} to ${to}, not ${lags}`);
}
