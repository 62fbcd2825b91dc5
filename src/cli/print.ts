// What a command writes to its terminal goes through here, and nothing that controls a terminal gets through.
import { printable, printableJson } from '../shared/wording/printable.ts';

/** The answer of a command: text for people. */
export function print(text: string): void {
  console.log(printable(text));
}

/** The answer of a command, for programs. */
export function printJson(document: unknown): void {
  console.log(printableJson(document));
}

/** What is going on, or wrong: lines on standard error. */
export function tell(text: string): void {
  console.error(printable(text));
}
