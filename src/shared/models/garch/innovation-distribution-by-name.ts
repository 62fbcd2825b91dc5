import type { InnovationDistribution, Innovations } from './innovation-distribution.ts';
import { normalInnovations } from './normal-innovations.ts';
import { studentTInnovations } from './student-t-innovations.ts';

/** The distribution of that name. */
export function innovationDistribution(name: Innovations): InnovationDistribution {
  return name === 't' ? studentTInnovations : normalInnovations;
}
