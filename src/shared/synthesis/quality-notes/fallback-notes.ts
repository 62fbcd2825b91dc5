import type { FailedCandidate } from '../../ensemble/failed-candidate.ts';
import type { FittedEnsemble } from '../../ensemble/fitted-ensemble.ts';
import type { MemberName } from '../../models/forecaster.ts';
import { memberArtifact } from '../../models/half-session/with-session-position.ts';
import { asSentence } from '../../wording/as-sentence.ts';
import type { QualityNote } from './quality-note.ts';

/**
 * `fallback` for everything that is not as it was configured: a member that was dropped, a candidate of a grid that failed,
 * weights that were reverted, a fit that did not converge. `figures.reason` says which.
 *
 * @param weightsReverted why learned weights went back to the preset; null when they did not
 */
export function fallbackNotes(
  ensemble: FittedEnsemble,
  failedCandidates: readonly FailedCandidate[],
  weightsReverted: string | null,
): QualityNote[] {
  return [
    ...ensemble.dropped.map(({ member, code, message }) =>
      fallback('member_dropped', `The ensemble goes on without ${member}, which failed: ${message}`, {
        member,
        error_code: code,
      }),
    ),
    ...failedCandidates.map(({ member, entry, code, message }) =>
      fallback('candidate_failed', `Candidate ${entry + 1} of ${member}'s grid took no part: ${message}`, {
        member,
        entry,
        error_code: code,
      }),
    ),
    ...(weightsReverted === null
      ? []
      : [fallback('weights_reverted', `The weights are the preset ones: ${weightsReverted}`, {})]),
    ...membersNotConverged(ensemble).map((member) =>
      fallback('not_converged', `The fit of ${member} did not converge: its last estimates are used.`, {
        member,
      }),
    ),
  ];
}

function fallback(reason: string, sentence: string, figures: QualityNote['figures']): QualityNote {
  return { code: 'fallback', sentence: asSentence(sentence), figures: { reason, ...figures } };
}

/** Members whose artifact says that the search for its parameters did not converge; not every member searches. */
function membersNotConverged({ members }: FittedEnsemble): MemberName[] {
  return members
    .filter(({ fitted }) => {
      const artifact = memberArtifact(fitted.toJSON()) as { readonly converged?: unknown } | null;
      return artifact?.converged === false;
    })
    .map(({ name }) => name);
}
