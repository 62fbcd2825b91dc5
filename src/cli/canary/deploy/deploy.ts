import { counted } from '../../../shared/wording/counted.ts';
import { textsOnOneLine } from '../../../shared/wording/printable.ts';
import { DeployError } from '../deploy-error.ts';
import { type DeployContext, type DeployPlan, hashesOf } from './deploy-context.ts';
import { type DeployStep, isDone, type Missing, type StepName, type StepState } from './deploy-step.ts';
import { deploySteps } from './deploy-steps.ts';
import { latestRollout } from './latest-rollout.ts';

/** What became of a step. */
export interface StepOutcome {
  readonly step: StepName;
  /** `was_done`: there was nothing to do. */
  readonly outcome: 'was_done' | 'done';
  readonly notes: readonly string[];
}

/** A deploy that came to its end. */
export interface DeployReport {
  readonly rollout_id: number;
  readonly stage: string;
  readonly candidate_hash: string;
  readonly baseline_hash: string;
  readonly symbols: readonly string[];
  readonly steps: readonly StepOutcome[];
}

/** Told when a step has been checked, has run, and is done; what it throws breaks the deploy off. */
export type StepHook = (step: StepName, moment: 'checked' | 'ran' | 'done') => void | Promise<void>;

/**
 * Goes through the steps, each only as far as it is not done: after any failure, the same again goes on where it stopped.
 *
 * @throws DeployError `not_ready` with a list of what is missing, `step_incomplete`, and what a step throws; StoreError
 */
export async function deploy(context: DeployContext, hook: StepHook = () => {}): Promise<DeployReport> {
  const outcomes: StepOutcome[] = [];
  for (const step of deploySteps(context)) {
    const state = await step.check();
    await hook(step.name, 'checked');
    const outcome = await bringAbout(step, state, context, hook);
    await hook(step.name, 'done');
    outcomes.push(outcome);
  }
  const { plan } = context;
  const rollout = await latestRollout(context);
  if (rollout === null) throw new DeployError('step_incomplete', 'The rollout is not there any more');
  return {
    rollout_id: rollout.id,
    stage: rollout.stage,
    candidate_hash: plan.candidate.hash,
    baseline_hash: plan.baseline.hash,
    symbols: plan.symbols,
    steps: outcomes,
  };
}

async function bringAbout(
  step: DeployStep,
  state: StepState,
  { tell }: DeployContext,
  hook: StepHook,
): Promise<StepOutcome> {
  const title = step.name.replaceAll('_', ' ');
  if (state.missing.length > 0) throw notReady(title, state.missing);
  if (isDone(state)) {
    tellNotes(tell, `${title}: in order`, state.notes);
    return { step: step.name, outcome: 'was_done', notes: state.notes };
  }
  tell(`${title}: ${state.pending.join('; ')}`);
  await step.run();
  await hook(step.name, 'ran');
  const after = await step.check();
  if (after.missing.length > 0) throw notReady(title, after.missing);
  if (!isDone(after)) {
    throw new DeployError(
      'step_incomplete',
      `${title} has run, and this is still to do: ${after.pending.join('; ')}`,
    );
  }
  tellNotes(tell, `${title}: done`, after.notes);
  return { step: step.name, outcome: 'done', notes: after.notes };
}

function tellNotes(tell: (line: string) => void, line: string, notes: readonly string[]): void {
  tell([line, ...textsOnOneLine(notes).map((note) => `  ${note}`)].join('\n'));
}

function notReady(title: string, missing: readonly Missing[]): DeployError {
  const things = missing.map(({ what, remedy }) => `${what} (${remedy})`);
  return new DeployError(
    'not_ready',
    `${title}: ${counted(missing.length, 'thing')} missing: ${things.join('; ')}`,
    {
      missing: missing.map(({ what }) => what),
    },
  );
}

/** A step of a dry run. */
export interface PlannedStep {
  readonly step: StepName;
  readonly does: string;
  /** `unknown`: no stack runs that could be asked. */
  readonly state: 'done' | 'to_do' | 'missing' | 'unknown';
  readonly pending: readonly string[];
  readonly missing: readonly Missing[];
  readonly notes: readonly string[];
  readonly sql: readonly string[];
}

/** What deploying would do. */
export interface DryRun {
  readonly target: string;
  readonly candidate_hash: string;
  readonly baseline_hash: string;
  readonly symbols: readonly string[];
  readonly steps: readonly PlannedStep[];
}

/**
 * What deploying would do, with every statement, and how each step stands. Changes nothing.
 *
 * @param ask false: there is nobody to ask how the steps stand
 */
export async function dryRun(context: DeployContext, ask: boolean): Promise<DryRun> {
  const rollout = ask ? await latestRollout(context) : null;
  const steps: PlannedStep[] = [];
  for (const step of deploySteps(context)) {
    const { name, does, sql } = step;
    const isLater = step.needsRollout && rollout?.status !== 'running';
    const state = ask && !isLater ? await step.check() : null;
    steps.push({
      step: name,
      does,
      state: ask && isLater ? 'to_do' : stateOf(state),
      pending: state?.pending ?? [],
      missing: state?.missing ?? [],
      notes: state?.notes ?? [],
      sql,
    });
  }
  return { ...subjectOf(context.plan), target: context.target.name, steps };
}

function subjectOf({ candidate, baseline, symbols }: DeployPlan) {
  return { candidate_hash: candidate.hash, baseline_hash: baseline.hash, symbols };
}

function stateOf(state: StepState | null): PlannedStep['state'] {
  if (state === null) return 'unknown';
  if (state.missing.length > 0) return 'missing';
  return isDone(state) ? 'done' : 'to_do';
}

/** What the readiness checks found. */
export interface Readiness {
  readonly target: string;
  /** Whether the rollout of this very candidate and baseline runs. */
  readonly deployed: boolean;
  readonly ready: boolean;
  readonly missing: readonly (Missing & { readonly step: StepName })[];
  readonly notes: readonly string[];
}

/** What deploying again does not bring about by itself. */
const AGAIN = 'npm run canary -- deploy';

/**
 * The readiness checks alone. Before a rollout: whether deploying can begin. While it runs: whether all that deploying brings about
 * is there. Changes nothing.
 */
export async function verify(context: DeployContext): Promise<Readiness> {
  const rollout = await latestRollout(context);
  const deployed =
    rollout?.status === 'running' &&
    `${rollout.candidate_hash} ${rollout.baseline_hash}` === hashesOf(context.plan);
  const missing: Readiness['missing'][number][] = [];
  const notes: string[] = [];
  for (const step of deploySteps(context)) {
    if (step.needsRollout && !deployed) continue;
    const state = await step.check();
    missing.push(...state.missing.map((one) => ({ step: step.name, ...one })));
    notes.push(...state.notes.map((note) => `${step.name.replaceAll('_', ' ')}: ${note}`));
    // Tests and health are of the time of deploying; what else a deploy would still do is missing once it was deployed.
    const isOfDeploying = step.name === 'preflight' || step.name === 'health';
    if (deployed && !isOfDeploying) {
      missing.push(
        ...state.pending.map((what) => ({ step: step.name, what: `still to do: ${what}`, remedy: AGAIN })),
      );
    } else {
      notes.push(...state.pending.map((what) => `deploying would do: ${what}`));
    }
  }
  return { target: context.target.name, deployed, ready: missing.length === 0, missing, notes };
}
