import type { Driver, DriverInput } from './driver.ts';

/**
 * By how much the event that moves the session, or may, is taken to enlarge its moves, and what that is learned from.
 * Null without one.
 */
export function eventDriver({ event }: DriverInput): Driver | null {
  if (event === null) return null;
  const { category, factor, expected, ownMoves } = event;
  const { kind, session } = category;
  const which = session === 'announcement' ? 'The session of' : 'The session after';
  const of = kind === 'earnings' ? kind : `an event of the kind ${kind}`;
  const learned =
    ownMoves === 0
      ? 'as is expected of it before any was seen'
      : `by the last ${ownMoves} of the symbol and the ${expected.toFixed(1)} that is expected before any was seen`;
  return {
    code: 'event',
    sentence: `${which} ${of} is taken to move ${factor.toFixed(1)} times as far as usual, ${learned}.`,
    figures: { kind, session, factor, expected, own_moves: ownMoves },
  };
}
