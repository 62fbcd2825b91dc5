import type { EventOutlook } from '../../models/scheduled-events/event-factors.ts';
import { scaleFactor } from '../../models/scheduled-events/mixed-scales.ts';
import { percentInWords } from '../percent-in-words.ts';
import type { QualityNote } from './quality-note.ts';

/** `event` when an event moves the session that is forecast, or may move it. */
export function eventNote(outlook: EventOutlook | null): QualityNote | null {
  if (outlook === null) return null;
  const { date, category, probability, possible } = outlook;
  const { kind, session } = category;
  const factor = scaleFactor(possible);
  return {
    code: 'event',
    sentence: `${whatMoves(outlook)}: the interval is ${factor.toFixed(1)} times as wide.`,
    figures: { kind, date, session, probability, factor },
  };
}

function whatMoves({ date, category: { kind, session }, probability }: EventOutlook): string {
  const [subject, be, move] =
    kind === 'earnings' ? ['earnings', 'are', 'move'] : [`an event of the kind ${kind}`, 'is', 'moves'];
  const first = subject[0].toUpperCase() + subject.slice(1);
  if (probability < 1)
    return `No date is known, but 364 days after the last year's, ${date}, ${subject} may move this session (${percentInWords(probability, 0)})`;
  return session === 'announcement'
    ? `${first} ${be} due on this session (${date})`
    : `${first} on ${date} ${move} this session`;
}
