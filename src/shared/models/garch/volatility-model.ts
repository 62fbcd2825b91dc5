import { EgarchFilter, type EgarchModel } from './egarch-model.ts';
import { GarchFilter, type GarchModel } from './garch-model.ts';
import { RealizedGarchFilter, type RealizedGarchModel } from './realized-garch-model.ts';
import type { VolatilityFilter } from './volatility-filter.ts';

/** A fitted volatility model. */
export type VolatilityModel = GarchModel | EgarchModel | RealizedGarchModel;

/** The model's filter, before its first residual. */
export function startVolatilityFilter(model: VolatilityModel): VolatilityFilter {
  switch (model.variance) {
    case 'egarch':
      return new EgarchFilter(model);
    case 'realized':
    case 'realized_har':
      return new RealizedGarchFilter(model);
    default:
      return new GarchFilter(model);
  }
}
