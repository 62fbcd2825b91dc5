import type { DataNote } from '../../series/data-finding.ts';
import { asSentence } from '../../wording/as-sentence.ts';
import type { Remark } from '../remark.ts';
import type { QualityNote } from './quality-note.ts';

/**
 * What was found of the bars before the fit, as notes; but not what another note says of the latest bars already.
 *
 * @param said the notes that are there
 */
export function dataNotes(findings: readonly DataNote[], said: readonly QualityNote[]): QualityNote[] {
  return findings
    .filter(({ code }) => !said.some((note) => note.code === code))
    .map(({ code, message, details }) => ({
      code,
      sentence: asSentence(message),
      figures: details as Remark['figures'],
    }));
}
