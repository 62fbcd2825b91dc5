import { FitError } from '../errors/fit-error.ts';
import type { DataFinding, DataNote } from './data-finding.ts';

/**
 * The notes among findings.
 *
 * @throws FitError with the code of the first refusal; its message tells of all of them
 */
export function raiseRefusals(findings: readonly DataFinding[]): readonly DataNote[] {
  const refusals = findings.filter((finding) => finding.severity === 'refuse');
  if (refusals.length > 0) {
    const [{ code, details }] = refusals;
    throw new FitError(code, refusals.map(({ message }) => message).join('. '), details);
  }
  return findings.filter((finding) => finding.severity === 'note');
}
