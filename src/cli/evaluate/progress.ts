import { tell } from '../print.ts';

const WIDTH = 30;

/**
 * Tells progress on standard error: a bar that moves on a terminal, a line every tenth elsewhere.
 *
 * @returns to be called with the number that is done
 */
export function progressReporter(title: string, total: number): (done: number) => void {
  const { stderr } = process;
  const began = Date.now();
  let told = 0;
  tell(title);
  return (done) => {
    const share = done / total;
    if (stderr.isTTY) {
      const filled = Math.round(WIDTH * share);
      const bar = '#'.repeat(filled) + '-'.repeat(WIDTH - filled);
      stderr.write(`\r[${bar}] ${done} of ${total}, ${left(began, share)}   ${done === total ? '\n' : ''}`);
    } else if (Math.floor(10 * share) > told) {
      told = Math.floor(10 * share);
      tell(`${done} of ${total} windows, ${left(began, share)}`);
    }
  };
}

function left(began: number, share: number): string {
  const seconds = (Date.now() - began) / 1000;
  return share === 1
    ? `${seconds.toFixed(0)} s`
    : `about ${Math.ceil((seconds * (1 - share)) / share)} s left`;
}
