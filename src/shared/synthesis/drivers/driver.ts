import type { EnsembleForecast } from '../../ensemble/fitted-ensemble.ts';
import type { EventOutlook } from '../../models/scheduled-events/event-factors.ts';
import type { Series } from '../../series/series.ts';
import type { MemberPart } from '../member-parts.ts';
import type { Remark } from '../remark.ts';

/**
 * What moved a forecast, as far as its own figures say: a comparison of two of them, never a cause that nobody measured.
 */
export type Driver = Remark<'volatility' | 'event' | 'last_range' | 'mean' | 'tails' | 'member_scales'>;

/** What a driver is read from. */
export interface DriverInput {
  readonly forecast: EnsembleForecast;
  readonly parts: readonly MemberPart[];
  readonly meanFactor: number;
  /** The bars that were known. */
  readonly history: Series;
  readonly horizonsPerYear: number;
  /** What moves the bar that is forecast. */
  readonly event: EventOutlook | null;
}
