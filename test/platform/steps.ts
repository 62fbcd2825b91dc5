/** What a step found: a few words for its line when it went well. */
export type StepResult = string | undefined;

/** A step's finding, for people: printed below its line, without a stack trace. */
export class StepFailure extends Error {}

/** Runs steps one after the other, prints a line for each with its seconds, and remembers which failed. */
export class Steps {
  readonly #failed: string[] = [];
  readonly #interrupted: () => boolean;

  /** @param interrupted asked when a step failed: after an interruption its details are of no interest */
  constructor(interrupted: () => boolean) {
    this.#interrupted = interrupted;
  }

  /** Names of the steps that failed. */
  get failed(): readonly string[] {
    return this.#failed;
  }

  /** Runs a step; false when it failed or the person has asked for the end. */
  async run(name: string, step: () => Promise<StepResult>): Promise<boolean> {
    if (this.#interrupted()) return false;
    const began = performance.now();
    const say = (outcome: string, more: string) => {
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      console.log(`${outcome} ${name} (${seconds} s)${more === '' ? '' : `: ${more}`}`);
    };
    try {
      say('ok    ', (await step()) ?? '');
      return true;
    } catch (error) {
      if (this.#interrupted()) return false;
      this.#failed.push(name);
      say('FAILED', '');
      const text = error instanceof StepFailure ? error.message : ((error as Error).stack ?? String(error));
      console.log(text.trim().replace(/^/gm, '       '));
      return false;
    }
  }
}
