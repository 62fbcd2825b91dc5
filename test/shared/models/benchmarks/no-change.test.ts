import { noChange } from '../../../../src/shared/models/benchmarks/no-change.ts';
import { describeForecasterConformance } from '../conformance.ts';

describeForecasterConformance(noChange);
