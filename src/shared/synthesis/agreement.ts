import type { Direction } from './direction.ts';
import type { MemberPart } from './member-parts.ts';

/** How far members agree. */
export interface Agreement {
  /** Share of the weight whose own direction is the ensemble's, 0 to 1. */
  readonly share: number;
  /** Largest less smallest mean, both shrunk; a log return. 0 for a single member. */
  readonly meanSpread: number;
  /** Largest scale over smallest; 1 for a single member. */
  readonly scaleRatio: number;
}

/** @param direction the ensemble's */
export function agreementOf(parts: readonly MemberPart[], direction: Direction): Agreement {
  const agreeing = parts.reduce((sum, part) => sum + (part.direction === direction ? part.weight : 0), 0);
  const means = parts.map(({ shrunkMean }) => shrunkMean);
  const scales = parts.map(({ scale }) => scale);
  return {
    // Weights may sum to 1 and a rounding error.
    share: Math.min(1, agreeing),
    meanSpread: Math.max(...means) - Math.min(...means),
    scaleRatio: Math.max(...scales) / Math.min(...scales),
  };
}
