import { fhs } from '../../../../src/shared/models/benchmarks/fhs.ts';
import { describeForecasterConformance } from '../conformance.ts';

describeForecasterConformance(fhs);
