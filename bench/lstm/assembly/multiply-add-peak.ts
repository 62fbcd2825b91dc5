/** Independent sums: more than two units of four cycles each can have under way, as few as fit the registers. */
export const SUMS: i32 = 12;

/**
 * Repeats `a = a * factor + addend` in {@link SUMS} vectors of four floats that do not depend on one another: as many
 * multiplications and additions as this machine does in strict SIMD, which has no fused ones.
 *
 * Each sum stays between its start and `addend / (1 - factor)`. 2 x 4 x {@link SUMS} operations a step.
 */
export function multiplyAdd(steps: i32, factor: f32, addend: f32): f32 {
  const m = f32x4.splat(factor);
  const x = f32x4.splat(addend);
  // Different starts, so that no two sums are the same computation.
  let a = f32x4.splat(addend + 0.25);
  let b = f32x4.splat(addend + 0.5);
  let c = f32x4.splat(addend + 0.75);
  let d = f32x4.splat(addend + 1);
  let e = f32x4.splat(addend + 1.25);
  let f = f32x4.splat(addend + 1.5);
  let g = f32x4.splat(addend + 1.75);
  let h = f32x4.splat(addend + 2);
  let i = f32x4.splat(addend + 2.25);
  let j = f32x4.splat(addend + 2.5);
  let k = f32x4.splat(addend + 2.75);
  let l = f32x4.splat(addend + 3);
  for (let step = 0; step < steps; step++) {
    a = f32x4.add(f32x4.mul(a, m), x);
    b = f32x4.add(f32x4.mul(b, m), x);
    c = f32x4.add(f32x4.mul(c, m), x);
    d = f32x4.add(f32x4.mul(d, m), x);
    e = f32x4.add(f32x4.mul(e, m), x);
    f = f32x4.add(f32x4.mul(f, m), x);
    g = f32x4.add(f32x4.mul(g, m), x);
    h = f32x4.add(f32x4.mul(h, m), x);
    i = f32x4.add(f32x4.mul(i, m), x);
    j = f32x4.add(f32x4.mul(j, m), x);
    k = f32x4.add(f32x4.mul(k, m), x);
    l = f32x4.add(f32x4.mul(l, m), x);
  }
  // Read, so that no sum can be left out.
  const abc = f32x4.add(f32x4.add(a, b), c);
  const def = f32x4.add(f32x4.add(d, e), f);
  const ghi = f32x4.add(f32x4.add(g, h), i);
  const jkl = f32x4.add(f32x4.add(j, k), l);
  const sum = f32x4.add(f32x4.add(abc, def), f32x4.add(ghi, jkl));
  return (
    f32x4.extract_lane(sum, 0) +
    f32x4.extract_lane(sum, 1) +
    f32x4.extract_lane(sum, 2) +
    f32x4.extract_lane(sum, 3)
  );
}
