import type { Tables } from './database.types.ts';

/**
 * A row of `vw_forecasts`: one of `forecasts` with the levels of its quantiles. For `overrideTypes`, since a view's generated types do
 * not know which columns are never null.
 */
export type StoredForecast = Omit<Tables<'forecasts'>, 'quantile_levels_id'> & {
  readonly quantile_levels: number[];
};
