import {
  RealizedGarchSearch,
  type RealizedGarchSpecification,
} from '../../../../src/shared/models/garch/fit-realized-garch.ts';
import { searchAll } from '../../../../src/shared/models/garch/volatility-search.ts';

/** Fits from every start in one piece, as `ARIMA_GARCH` does start by start. */
export function fitRealizedGarch(
  y: Float64Array,
  logMeasures: Float64Array,
  specification: RealizedGarchSpecification,
) {
  return searchAll(new RealizedGarchSearch(y, logMeasures, specification));
}
