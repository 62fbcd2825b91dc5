import { counted } from '../../../shared/wording/counted.ts';
import type { DeployReport, DryRun, PlannedStep, Readiness } from './deploy.ts';

const STATES: Readonly<Record<PlannedStep['state'], string>> = {
  done: 'in order',
  to_do: 'to do',
  missing: 'missing',
  unknown: 'not known: no stack runs on the data directory',
};

/** A dry run for people. */
export function dryRunText(run: DryRun): string {
  const steps = run.steps.map((step, i) =>
    [
      `${i + 1}. ${step.step.replaceAll('_', ' ')}: ${step.does}`,
      `   state: ${STATES[step.state]}`,
      ...step.missing.map(({ what, remedy }) => `   missing: ${what} (${remedy})`),
      ...step.pending.map((what) => `   to do: ${what}`),
      ...step.notes.map((note) => `   note: ${note}`),
      ...step.sql.map((statement) => `\n${indent(statement)};`),
    ].join('\n'),
  );
  return [
    `Dry run: nothing is changed. Target: ${run.target}. Candidate ${run.candidate_hash}, baseline ${run.baseline_hash}, symbols ${run.symbols.join(', ')}.`,
    ...steps,
  ].join('\n\n');
}

function indent(text: string): string {
  return text.replace(/^/gm, '     ');
}

/** The readiness checks for people. */
export function readinessText({ deployed, ready, missing, notes, target }: Readiness): string {
  const [complete, lacking] = deployed
    ? ['deployed and complete', 'deployed, but']
    : ['ready to deploy', 'not ready to deploy,'];
  return [
    ready ? `${target}: ${complete}` : `${target}: ${lacking} ${counted(missing.length, 'thing')} missing`,
    ...missing.map((one) => `  ${one.step.replaceAll('_', ' ')}: ${one.what}\n    ${one.remedy}`),
    ...notes.map((note) => `  note: ${note}`),
  ].join('\n');
}

/** What a deploy came to, for people. */
export function deployText({
  rollout_id,
  stage,
  symbols,
  candidate_hash,
  baseline_hash,
}: DeployReport): string {
  return [
    `Rollout ${rollout_id} runs, stage ${stage}: candidate ${candidate_hash} beside baseline ${baseline_hash} on ${symbols.join(', ')}.`,
    'Look at it: npm run canary -- status',
  ].join('\n');
}
