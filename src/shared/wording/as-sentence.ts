/** A message as a sentence among others: it ends with a full stop. */
export function asSentence(message: string): string {
  return message.endsWith('.') ? message : `${message}.`;
}
