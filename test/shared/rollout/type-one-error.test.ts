import { describe, expect, it } from 'vitest';
import { falseDecisions, simulatedCourses } from '../../../bench/rollout/rollout-bench.ts';
import { runCourses } from '../../../bench/rollout/run-courses.ts';

/** `npm run bench -- rollout` runs 1,000 courses; these are enough to see a test that is looked at too often. */
const COURSES = 25;

describe('a candidate that is exactly so much worse, looked at daily for 60 sessions', () => {
  let wrongByTTest = 0;

  it.each(falseDecisions().map((one) => [one.name, one] as const))('%s in hardly any course', (_, one) => {
    const [{ ever, everByDailyTTest, ratio }] = runCourses(simulatedCourses(one, COURSES, 7), [one.test]);
    wrongByTTest = Math.max(wrongByTTest, everByDailyTTest);
    expect(ratio).toBeCloseTo(one.test.ratio, 1);
    expect(ever).toBeLessThanOrEqual(one.test.level);
  });

  it('would be decided on wrongly much oftener by a t test that is looked at as often', () => {
    expect(wrongByTTest).toBeGreaterThan(0.1);
  });
});
