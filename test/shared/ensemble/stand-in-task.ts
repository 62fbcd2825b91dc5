import type { EnsembleConfiguration } from '../../../src/shared/ensemble/ensemble-configuration.ts';
import type { EnsembleFitTask } from '../../../src/shared/ensemble/ensemble-fit-task.ts';
import type { MemberRegistry } from '../../../src/shared/ensemble/member-registry.ts';
import { defaultConfiguration } from '../../../src/shared/ensemble/presets.ts';
import { requireConfiguration } from '../../../src/shared/ensemble/require-configuration.ts';
import { type Resumable, unlimitedBudget } from '../../../src/shared/models/forecaster.ts';
import { simulatedSeries } from '../models/simulated-series.ts';
import { standInRegistry } from './stand-in-members.ts';

/** A fit of the stand-ins on 140 bars of train and 60 of validation, as each of its phases is given it. */
export function standInTask(
  registry: MemberRegistry = standInRegistry,
  configuration: EnsembleConfiguration = defaultConfiguration,
): EnsembleFitTask {
  return {
    ...{
      configuration,
      series: simulatedSeries(4, 200),
      train: 140,
      companions: [],
      firstScoredBar: 30,
      steps: 1,
    },
    members: requireConfiguration(configuration, registry),
  };
}

/** What a computation finds that is not cut. */
export function found<Result>(computation: Resumable<Result>): Result {
  computation.step(unlimitedBudget);
  return computation.result();
}
