import { historicalSimulation } from '../../../../src/shared/models/benchmarks/historical-simulation.ts';
import { describeForecasterConformance } from '../conformance.ts';

describeForecasterConformance(historicalSimulation);
