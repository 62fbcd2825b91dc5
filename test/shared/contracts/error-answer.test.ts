import { describe, expect, it } from 'vitest';
import { errorAnswer } from '../../../src/shared/contracts/error-answer.ts';
import { FitError } from '../../../src/shared/errors/fit-error.ts';
import { InvalidInputError } from '../../../src/shared/errors/invalid-input-error.ts';
import { StoreError } from '../../../src/shared/errors/store-error.ts';

describe('errorAnswer', () => {
  it.each([
    [new InvalidInputError('invalid_price', 'm'), 400],
    [new InvalidInputError('body_too_large', 'm'), 413],
    [new InvalidInputError('unsupported_media_type', 'm'), 415],
    [new InvalidInputError('method_not_allowed', 'm'), 405],
    [new InvalidInputError('unknown_run', 'm'), 404],
    [new FitError('too_few_bars', 'm'), 422],
    [new StoreError('unknown_symbol', 'm', 404), 404],
    [new StoreError('mixed_sources', 'm', 409), 409],
  ])('gives %o its status, code and message', (error, status) => {
    const answer = errorAnswer(error);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ code: error.code, message: 'm' });
  });

  it('says on one line what repeats an input, and cuts it', () => {
    for (const error of [
      new InvalidInputError('invalid_input', `"a\r\nb\u0000" ${'c'.repeat(2_000)}`),
      new StoreError('no_text', `"a\r\nb\u0000" ${'c'.repeat(2_000)}`, 400),
    ]) {
      expect(errorAnswer(error).body.message).toBe(`"a b " ${'c'.repeat(992)}…`);
    }
  });

  it('says nothing of the inside of an unknown error or of the database', () => {
    const secret = 'password sb_secret_abc';
    for (const error of [
      new Error(secret),
      new StoreError('XX000', secret, 500),
      new StoreError('x', secret, 0),
      secret,
    ]) {
      const { status, body } = errorAnswer(error);
      expect(status).toBeGreaterThanOrEqual(500);
      expect(JSON.stringify(body)).not.toContain('secret_abc');
    }
  });
});
