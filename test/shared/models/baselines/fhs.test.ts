import { fhs } from '../../../../src/shared/models/baselines/fhs.ts';
import { describeForecasterConformance } from '../conformance.ts';

describeForecasterConformance(fhs);
