import { describe, expect, it } from 'vitest';
import { parse } from '../../../src/shared/contracts/parse.ts';
import { rolloutRequestSchema } from '../../../src/shared/contracts/rollout-request.ts';

const request = (body: unknown) => parse(rolloutRequestSchema, body, 'The request body');

describe('a request to the rollout', () => {
  it('takes names and reasons without the blanks around them, and does not force by default', () => {
    expect(request({ action: 'rollback', actor: ' Ada ', reason: ' a drill ' })).toEqual({
      ...{ action: 'rollback', actor: 'Ada', reason: 'a drill' },
    });
    expect(request({ action: 'promote', actor: 'Ada' })).toMatchObject({ force: false });
  });

  it.each([
    ['an action that there is not', { action: 'promte' }, 'an action is status'],
    ['no actor', { action: 'promote' }, 'actor'],
    ['a blank actor', { action: 'promote', actor: '  ' }, 'an actor is a name'],
    ['a rollback without its reason', { action: 'rollback', actor: 'Ada' }, 'reason'],
    ['a stage that there is not', { action: 'promote', actor: 'Ada', stage: 'half' }, 'stage'],
    ['no days', { action: 'extend', actor: 'Ada', days: 0 }, 'from 1 to 1000'],
    ['half a day', { action: 'extend', actor: 'Ada', days: 0.5 }, 'from 1 to 1000'],
    [
      'publishing in words',
      { action: 'publishing', actor: 'Ada', publishing: 'on', reason: 'x' },
      'publishing',
    ],
    ['a field too many', { action: 'note', actor: 'Ada', text: 'x', colour: 'red' }, 'colour'],
    ['a list for a body', [], 'not a list of 0'],
  ])('refuses %s and names it', (_name, body, says) => {
    expect(() => request(body)).toThrowError(
      expect.objectContaining({ code: 'invalid_input', message: expect.stringContaining(says) }),
    );
  });
});
