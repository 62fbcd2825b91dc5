import { type BundledFunction, bundleFunction, functionNames } from '../../../bundle-functions.ts';
import { type StepState, stepState } from '../deploy-step.ts';

/** Bytes that the platform takes where it bundles by itself (functions deploy --use-api). */
const LIMIT = 5 * 1024 * 1024;

/** {@link checkFunctions}, done once: what is bundled does not change while a command runs. */
export function functionsCheckedOnce(): () => Promise<StepState> {
  let found: Promise<StepState> | undefined;
  return () => {
    found ??= checkFunctions();
    return found;
  };
}

/** Whether every function bundles, and stays below what the platform takes. Writes nothing. */
async function checkFunctions(): Promise<StepState> {
  const missing: StepState['missing'][number][] = [];
  const sizes: BundledFunction[] = [];
  for (const name of functionNames()) {
    try {
      const bundle = await bundleFunction(name);
      sizes.push(bundle);
      if (bundle.bytes > LIMIT) {
        missing.push({
          what: `${name} has ${megabytes(bundle.bytes)} bundled, and the platform takes ${megabytes(LIMIT)}`,
          remedy: 'make it smaller: npm run bench -- budget',
        });
      }
    } catch (error) {
      missing.push({
        what: `${name} does not bundle: ${(error as Error).message.split('\n')[0]}`,
        remedy: 'npm run check names the place',
      });
    }
  }
  const largest = sizes.reduce((a, b) => (b.bytes > a.bytes ? b : a), sizes[0]);
  const notes =
    missing.length > 0
      ? []
      : [`${sizes.length} functions bundle, ${megabytes(largest.bytes)} at most (${largest.name})`];
  return stepState({ missing, notes });
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(2)} MB`;
}
