import { Network } from './network';

/** Euclidean norm of `count` floats (a multiple of 4), summed in double precision. */
export function norm(values: usize, count: i32): f64 {
  let low = f64x2.splat(0);
  let high = low;
  const end = values + (<usize>count << 2);
  for (let p = values; p < end; p += 16) {
    const four = v128.load(p);
    const a = f64x2.promote_low_f32x4(four);
    const b = f64x2.promote_low_f32x4(v128.shuffle<i32>(four, four, 2, 3, 0, 1));
    low = f64x2.add(low, f64x2.mul(a, a));
    high = f64x2.add(high, f64x2.mul(b, b));
  }
  const sum = f64x2.add(low, high);
  return sqrt<f64>(f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1));
}

/**
 * One step of Adam (Kingma and Ba 2015, algorithm 1), in the order of operations that their section 2 proposes: the
 * corrections of the moments are in `stepSize` and `epsilon`.
 *
 * @param factor by which the gradient is multiplied first (clipping)
 */
export function adam(network: Network, factor: f32, stepSize: f32, epsilon: f32): void {
  const parameters = network.parameters;
  const gradient = network.gradient;
  const first = network.firstMoment;
  const second = network.secondMoment;
  const scale = f32x4.splat(factor);
  const rate = f32x4.splat(stepSize);
  const floor = f32x4.splat(epsilon);
  const firstDecay = f32x4.splat(0.9);
  const firstRest = f32x4.splat(0.1);
  const secondDecay = f32x4.splat(0.999);
  const secondRest = f32x4.splat(0.001);
  const end = <usize>network.parameterCount << 2;
  for (let p: usize = 0; p < end; p += 16) {
    const slope = f32x4.mul(v128.load(gradient + p), scale);
    const m = f32x4.add(f32x4.mul(firstDecay, v128.load(first + p)), f32x4.mul(firstRest, slope));
    const v = f32x4.add(
      f32x4.mul(secondDecay, v128.load(second + p)),
      f32x4.mul(secondRest, f32x4.mul(slope, slope)),
    );
    v128.store(first + p, m);
    v128.store(second + p, v);
    const change = f32x4.div(f32x4.mul(rate, m), f32x4.add(f32x4.sqrt(v), floor));
    v128.store(parameters + p, f32x4.sub(v128.load(parameters + p), change));
  }
}
