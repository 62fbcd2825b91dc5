import { gradientBoosting } from '../../../../src/shared/models/gradient-boosting/gb.ts';
import { describeForecasterConformance } from '../conformance.ts';

describeForecasterConformance(gradientBoosting);
