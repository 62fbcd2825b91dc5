import { noChange } from '../../../../src/shared/models/baselines/no-change.ts';
import { describeForecasterConformance } from '../conformance.ts';

describeForecasterConformance(noChange);
