import { historicalSimulation } from '../../../../src/shared/models/baselines/historical-simulation.ts';
import { describeForecasterConformance } from '../conformance.ts';

describeForecasterConformance(historicalSimulation);
