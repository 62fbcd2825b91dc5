import { oneLine } from './one-line.ts';

/**
 * A text of several lines, as a terminal can be given it: each line by {@link oneLine}, none cut. What is put into the text must have
 * been on one line before: see {@link textsOnOneLine}.
 */
export function printable(text: string): string {
  return text
    .split('\n')
    .map((line) => oneLine(line, Number.POSITIVE_INFINITY))
    .join('\n');
}

/** A document as JSON with two spaces a level: what {@link oneLine} takes out is escaped, so a parser reads the same. */
export function printableJson(document: unknown): string {
  return JSON.stringify(document, null, 2).replaceAll(/[^\n -~]/gu, (character) =>
    oneLine(character) === character
      ? character
      : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A document whose every text is on one line, by {@link oneLine}, to be made a text of several lines. */
export function textsOnOneLine<Document>(document: Document): Document {
  return cleaned(document) as Document;
}

function cleaned(value: unknown): unknown {
  if (typeof value === 'string') return oneLine(value, Number.POSITIVE_INFINITY);
  if (Array.isArray(value)) return value.map(cleaned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, cleaned(inner)]));
}
