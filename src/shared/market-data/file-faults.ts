import { InvalidInputError } from '../errors/invalid-input-error.ts';
import { oneLine } from '../wording/one-line.ts';
import type { FAULTS_OF_EVENT_LINES, FAULTS_OF_LINES } from './file-fault-codes.ts';

/** What is wrong with a line of a file. */
export interface FileFault {
  readonly line: number;
  /** The date of the line as far as it is known. */
  readonly date?: string;
  readonly code: (typeof FAULTS_OF_LINES | typeof FAULTS_OF_EVENT_LINES)[number];
  /** With the value, such as `open is "0"`. */
  readonly what: string;
  /** Such as `a price is a number above 0`; empty where `what` says all. */
  readonly rule: string;
}

/** Faults that are told; of further ones only the number. */
const TOLD = 20;

/** All that is wrong with the lines of a file, as an error's details. */
export interface FaultDetails {
  /** The first line with a fault. */
  readonly line: number;
  /** How many there are. */
  readonly faults: number;
  /** A sentence each: the first 20. */
  readonly first_faults: readonly string[];
  /** What these contradict. */
  readonly rules: readonly string[];
}

/** The rules first: an answer cuts a long message, and has the details beside it. */
export function faultsMessage({ faults, first_faults: told, rules }: FaultDetails): string {
  const [rule] = rules;
  if (faults === 1) return rule === undefined ? told[0] : `${told[0]}; ${rule}`;
  const against = rule === undefined ? '' : ` (${rules.join('; ')})`;
  const first = told.length < faults ? `, the first ${told.length}` : '';
  return `The file has ${faults} faults${against}${first}: ${told.join('. ')}`;
}

/** All that is wrong with the lines of a file. */
export class FileFaults {
  readonly #faults: FileFault[] = [];

  add(fault: FileFault): void {
    this.#faults.push(fault);
  }

  /**
   * @throws InvalidInputError when there are faults: with the code of the first, {@link faultsMessage}, and {@link FaultDetails}
   */
  refuse(): void {
    const faults = this.#faults.sort((a, b) => a.line - b.line);
    if (faults.length === 0) return;
    const [{ code, line }] = faults;
    const told = faults.slice(0, TOLD);
    const rules = [...new Set(told.map(({ rule }) => rule))].filter((rule) => rule !== '');
    const details = { line, faults: faults.length, first_faults: told.map(sentenceOf), rules };
    throw new InvalidInputError(code, faultsMessage(details), details);
  }
}

function sentenceOf({ line, date, what }: FileFault): string {
  return `Line ${line}${date === undefined ? '' : ` (${date})`}: ${oneLine(what, 200)}`;
}
