import { InvalidInputError } from '../errors/invalid-input-error.ts';
import { oneLine } from '../wording/one-line.ts';
import type { FAULTS_OF_LINES } from './file-fault-codes.ts';

/** What is wrong with a line of a file. */
export interface FileFault {
  readonly line: number;
  /** The date of the line as far as it is known. */
  readonly date?: string;
  readonly code: (typeof FAULTS_OF_LINES)[number];
  /** With the value, such as `open is "0"`. */
  readonly what: string;
  /** Such as `a price is a number above 0`; empty where `what` says all. */
  readonly rule: string;
}

/** Faults that a message tells in full; of further ones it gives the number. */
const TOLD = 20;
/** A message over HTTP has at most 1,000 characters, and the file's name comes before it. */
const LONGEST_LIST = 850;

/** All that is wrong with the lines of a file. */
export class FileFaults {
  readonly #faults: FileFault[] = [];

  add(fault: FileFault): void {
    this.#faults.push(fault);
  }

  /**
   * @throws InvalidInputError when there are faults: with the code of the first, a message that names line, date and value of the first
   *   20 and how many there are, and `line`, `faults` (the number) and `first_faults` (a sentence each) as details
   */
  refuse(): void {
    const faults = this.#faults.sort((a, b) => a.line - b.line);
    if (faults.length === 0) return;
    const [{ code, line, rule }] = faults;
    const sentences = faults.slice(0, TOLD).map(sentenceOf);
    const details = { line, faults: faults.length, first_faults: sentences };
    if (faults.length === 1) {
      throw new InvalidInputError(code, rule === '' ? sentences[0] : `${sentences[0]}; ${rule}`, details);
    }
    const told = sentences.slice(0, fitting(sentences));
    const rules = [...new Set(faults.slice(0, told.length).map((fault) => fault.rule))].filter(
      (each) => each !== '',
    );
    const count = told.length < faults.length ? `, the first ${told.length}` : '';
    throw new InvalidInputError(
      code,
      [`The file has ${faults.length} faults${count}: ${told.join('. ')}`, ...rules.map(asRule)].join('. '),
      details,
    );
  }
}

function sentenceOf({ line, date, what }: FileFault): string {
  return `Line ${line}${date === undefined ? '' : ` (${date})`}: ${oneLine(what, 200)}`;
}

/** How many sentences a message has room for, at least one. */
function fitting(sentences: readonly string[]): number {
  let length = 0;
  const cut = sentences.findIndex((sentence) => {
    length += sentence.length + 2;
    return length > LONGEST_LIST;
  });
  return cut < 0 ? sentences.length : Math.max(1, cut);
}

function asRule(rule: string): string {
  return rule.charAt(0).toUpperCase() + rule.slice(1);
}
