import type { CriterionResult, Verdict } from '../../contracts/rollout-evaluation.ts';
import type { RolloutEvidence } from '../../contracts/rollout-evidence.ts';
import { counted } from '../../wording/counted.ts';
import { figure, listed, percent, sentenceOf } from '../wording.ts';

/**
 * The mean divergence of the candidate's latest windows lies below the setting's, the database found none above the largest, and none
 * shows skill that is too good to be true. `n` is windows. A window that is not there yet holds the stage.
 */
export function judgeDivergence({
  windows,
  symbols,
  triggers: above,
  criteria,
}: RolloutEvidence): CriterionResult {
  const { mean_divergence: limit, largest_divergence: largest } = criteria;
  const known = windows.filter(({ divergence }) => Number.isFinite(divergence));
  const named = new Set(known.map(nameOf));
  const unknown = symbols
    .flatMap(({ symbol, horizons }) => horizons.map((horizon) => nameOf({ symbol, horizon })))
    .filter((name) => !named.has(name));
  const broken = windows.filter(({ divergence }) => !Number.isFinite(divergence)).map(nameOf);
  const implausible = windows.filter((window) => window.implausible);
  const mean = known.reduce((sum, { divergence }) => sum + divergence, 0) / known.length;

  let verdict: Verdict = 'pass';
  if (above.length > 0 || implausible.length > 0 || mean >= limit) verdict = 'fail';
  // Written so that a limit that is no number passes nothing.
  else if (!(mean < limit) || !(mean <= largest)) verdict = 'insufficient';
  else if (unknown.length > 0 || broken.length > 0) verdict = 'insufficient';

  const parts: string[] = [];
  if (known.length > 0) {
    parts.push(
      `mean divergence ${percent(mean)} over ${counted(known.length, 'window')}, must be below ${percent(limit)}`,
    );
  }
  if (above.length > 0) {
    const tooLarge = above.map(({ subject, figures }) => `${subject} ${percent(figures.divergence)}`);
    parts.push(`above ${percent(largest)}: ${listed(tooLarge)}`);
  }
  if (implausible.length > 0) {
    const leaks = implausible.map(
      (window) => `${nameOf(window)} (${window.reasons.join(' ') || window.verdict})`,
    );
    parts.push(`implausible, a leak until shown otherwise: ${listed(leaks)}`);
  }
  if (unknown.length > 0) parts.push(`not validated yet: ${listed(unknown)}`);
  if (broken.length > 0) parts.push(`no figure for ${listed(broken)}`);
  if (parts.length === 0) parts.push('no window is known');
  return {
    criterion: 'divergence',
    verdict,
    n: known.length,
    figures: {
      mean_divergence: figure(mean),
      limit,
      largest_divergence: largest,
      above: above.map(({ subject, figures }) => ({
        window: subject,
        divergence: figure(figures.divergence),
      })),
      implausible: implausible.map(nameOf),
      unknown,
    },
    sentence: sentenceOf(parts),
    bars_needed: null,
  };
}

function nameOf({ symbol, horizon }: { readonly symbol: string; readonly horizon: string }): string {
  return `${symbol} ${horizon}`;
}
