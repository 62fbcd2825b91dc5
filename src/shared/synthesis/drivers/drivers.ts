import type { Driver, DriverInput } from './driver.ts';
import { eventDriver } from './event-driver.ts';
import { lastRangeDriver } from './last-range-driver.ts';
import { meanDriver } from './mean-driver.ts';
import { memberScalesDriver } from './member-scales-driver.ts';
import { tailsDriver } from './tails-driver.ts';
import { volatilityDriver } from './volatility-driver.ts';

const DRIVERS: readonly ((input: DriverInput) => Driver | null)[] = [
  volatilityDriver,
  eventDriver,
  lastRangeDriver,
  meanDriver,
  tailsDriver,
  memberScalesDriver,
];

/** Every driver that the figures allow, always in the same order. */
export function driversOf(input: DriverInput): Driver[] {
  return DRIVERS.map((driver) => driver(input)).filter((driver) => driver !== null);
}
