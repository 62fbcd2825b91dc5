import { FitError } from '../shared/errors/fit-error.ts';
import { InvalidInputError } from '../shared/errors/invalid-input-error.ts';
import { PlumblineError } from '../shared/errors/plumbline-error.ts';
import { StoreError } from '../shared/errors/store-error.ts';
import { isOfTheFile } from './upload-bars.ts';

/** A symbol whose bars are not used, and why. */
export interface RefusedSymbol {
  readonly symbol: string;
  readonly code: string;
  readonly message: string;
}

/** A symbol has no result, for a reason that is no other symbol's: `code` and message are those of its run. */
export class SymbolError extends PlumblineError {}

/** Symbols that are refused while the others go on. */
export class RefusedSymbols {
  readonly list: RefusedSymbol[] = [];
  #first: unknown;

  /** Keeps what is a symbol's own fault. @throws the error, where it is not */
  add(symbol: string, error: unknown): void {
    if (!isItsFault(error)) throw error;
    this.#first ??= error;
    this.list.push({ symbol, code: error.code, message: error.message });
  }

  /**
   * Tells of each, once it is known what is left.
   *
   * @param left of the others
   * @throws the first refusal, where nothing is left
   */
  settle(left: number, tell: (line: string) => void): void {
    const others = left === 0 ? this.list.slice(1) : this.list;
    for (const { code, message } of others) tell(`error: ${code}: ${message}`);
    if (left === 0 && this.list.length > 0) throw this.#first;
  }
}

function isItsFault(error: unknown): error is PlumblineError {
  if (error instanceof StoreError) return isOfTheFile(error);
  return error instanceof FitError || error instanceof InvalidInputError || error instanceof SymbolError;
}
