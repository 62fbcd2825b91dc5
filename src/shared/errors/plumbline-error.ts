/** What an error may say beside its message: figures and names, never secrets. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/**
 * The base of every error Plumbline raises on purpose.
 *
 * `code` is for programs and never changes; `message` names the value, the rule and, where it helps, what to do.
 */
export abstract class PlumblineError extends Error {
  readonly code: string;
  readonly details: ErrorDetails;

  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(message);
    this.name = new.target.name;
    this.code = code;
    this.details = details;
  }
}
