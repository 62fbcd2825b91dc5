/** A message has at most this many characters; what is cut ends in an ellipsis. */
const LONGEST_MESSAGE = 1_000;

/**
 * A text that may hold what somebody sent, for a log, a row, an answer or a terminal: each run of control characters and line breaks becomes
 * a space, and it is cut.
 *
 * Twin: the SQL function `internal.refuse`, compared in test/database/computed-twice.test.ts.
 *
 * @param longest characters. Default 1,000
 */
export function oneLine(text: string, longest = LONGEST_MESSAGE): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out.
  const line = text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ');
  const characters = [...line];
  return characters.length <= longest ? line : `${characters.slice(0, longest - 1).join('')}…`;
}
