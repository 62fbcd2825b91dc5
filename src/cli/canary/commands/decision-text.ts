import type { DecisionCommand } from './request-of.ts';
import { utcMinute } from './utc-minute.ts';

/** What the functions of decisions answer, as far as it is shown. */
interface Answer {
  readonly rollout_id?: number | null;
  readonly from?: string;
  readonly to?: string;
  readonly forced?: boolean;
  readonly stage?: string;
  readonly stage_due_at?: string;
  readonly role?: string;
  readonly missing?: readonly string[];
  readonly seconds?: number;
  readonly symbols?: readonly string[];
  readonly without_forecast?: readonly string[];
  readonly overtook?: { readonly actor: string; readonly from: string; readonly to: string } | null;
  readonly publishing?: boolean;
  readonly changed?: boolean;
}

/** What a decision came to, in sentences. */
export function decisionText(
  command: Exclude<DecisionCommand, 'status' | 'evaluate'>,
  document: unknown,
): string {
  const answer = document as Answer;
  const rollout = `Rollout ${answer.rollout_id}`;
  switch (command) {
    case 'promote':
      return `${rollout}: ${answer.from} -> ${answer.to}${answer.forced ? ', forced: what was overridden is in the canary log' : ''}.`;
    case 'rollback':
      return rollbackLines(rollout, answer).join('\n');
    case 'extend':
      return `${rollout}: stage ${answer.stage} lasts until ${utcMinute(answer.stage_due_at)} at least.`;
    case 'approve': {
      const missing = answer.missing ?? [];
      return `${rollout}: stage ${answer.stage} is approved as ${answer.role}; ${missing.length === 0 ? 'no role is missing' : `missing: ${missing.join(', ')}`}.`;
    }
    case 'note':
      return answer.rollout_id === null ? 'Noted.' : `${rollout}: noted.`;
    case 'publishing': {
      const state = answer.publishing
        ? 'Forecasts are published.'
        : 'Nothing is published, and nothing is planned.';
      return answer.changed === false ? `${state} It was so before.` : state;
    }
  }
}

function rollbackLines(rollout: string, answer: Answer): string[] {
  const { overtook, without_forecast: without = [] } = answer;
  return [
    `${rollout}: rolled back from ${answer.from} in ${answer.seconds} s. The baseline serves ${(answer.symbols ?? []).join(', ')}.`,
    ...(overtook
      ? [
          `It overtook a promotion within the last minute: ${overtook.from} -> ${overtook.to} by ${overtook.actor}.`,
        ]
      : []),
    ...(without.length === 0
      ? []
      : [
          `Without a forecast of the baseline, so that apps see none until the next one: ${without.join(', ')}.`,
        ]),
  ];
}
