/** A message has at most this many characters; what is cut ends in an ellipsis. */
const LONGEST_MESSAGE = 1_000;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out.
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+/g;

/**
 * A text that may hold what somebody sent, for a log, a row, an answer or a terminal: each run of characters that control one becomes a space,
 * and it is cut. They are C0, DEL and C1 (they move a terminal's cursor and end lines), U+2028 and U+2029 (readers of logs end lines there too)
 * and the controls of writing direction (they show a text in another order than it has). A space and no escape: what was put into the text
 * cannot be taken for an escape of ours, and the rows hold what came.
 *
 * Twin: the SQL function `internal.refuse`, compared in test/database/computed-twice.test.ts.
 *
 * @param longest characters. Default 1,000
 */
export function oneLine(text: string, longest = LONGEST_MESSAGE): string {
  const line = text.replaceAll(CONTROLS, ' ');
  // In UTF-16 units it is never shorter.
  if (line.length <= longest) return line;
  const characters = [...line];
  return characters.length <= longest ? line : `${characters.slice(0, longest - 1).join('')}…`;
}
