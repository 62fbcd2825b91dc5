import { arimaGarch } from '../../../../src/shared/models/arima-garch/arima-garch.ts';
import { describeForecasterConformance } from '../conformance.ts';

describeForecasterConformance(arimaGarch);
