import { describe, expect, it } from 'vitest';
import { ComputeMeter } from '../../../src/shared/jobs/compute-meter.ts';

/** A meter, and what moves its clock on. */
function meterAt() {
  let time = 10_000;
  const meter = new ComputeMeter(() => time, {
    step: 700,
    isolate: 1600,
    retirement: 1000,
    least: 150,
    call: 25,
  });
  const compute = (milliseconds: number) =>
    meter.count(() => {
      time += milliseconds;
    });
  const wait = (milliseconds: number) => {
    time += milliseconds;
  };
  return { meter, compute, wait };
}

describe('what an isolate may compute', () => {
  it('is 700 ms a step, less when its other steps have left less, and nothing below 150', () => {
    const { meter, compute } = meterAt();
    expect(meter.allowance()).toBe(700);
    compute(650);
    expect(meter.allowance()).toBe(700);
    compute(700);
    expect(meter.allowance()).toBe(250);
    compute(100);
    expect(meter.allowance()).toBe(150);
    compute(1);
    expect(meter.allowance()).toBeNull();
  });

  it('does not shrink while it waits; every call takes its share', () => {
    const { meter, wait } = meterAt();
    wait(60_000);
    expect(meter.spent).toBe(0);
    for (let call = 0; call < 58; call++) meter.countCall();
    expect(meter.spent).toBe(58 * 25);
    expect(meter.allowance()).toBe(150);
    meter.countCall();
    expect(meter.allowance()).toBeNull();
  });

  it('is left over for a request that still comes in: the platform has counted less than a second', () => {
    const { meter, compute } = meterAt();
    compute(1600);
    expect(meter.allowance()).toBeNull();
    meter.beginRequest();
    expect(meter.spent).toBe(1025);
    expect(meter.allowance()).toBe(575);
  });

  it('counts a section that throws', () => {
    const { meter, wait } = meterAt();
    expect(() =>
      meter.count(() => {
        wait(300);
        throw new Error('no fit');
      }),
    ).toThrow('no fit');
    expect(meter.spent).toBe(300);
  });

  it('gives a step a budget from its beginning', () => {
    const { meter, wait } = meterAt();
    const budget = meter.budget(200);
    wait(199);
    expect(budget.expired()).toBe(false);
    wait(1);
    expect(budget.expired()).toBe(true);
  });
});
