import { describe, expect, it } from 'vitest';
import { PROVIDER_HOSTS, providerEnvironment } from '../../src/cli/provider-environment.ts';

describe("the providers' keys of a start", () => {
  it('are those of this process, beside those of the file, and nothing else', () => {
    const file = { ALPACA_SECRET_KEY: 'from-the-file' };
    const environment = { ALPACA_KEY_ID: 'from-the-process', TIINGO_TOKEN: '', HOME: '/root' };
    expect(providerEnvironment(environment, file)).toEqual({ ALPACA_KEY_ID: 'from-the-process' });
  });

  it('are refused before anything starts, by the name of the variable', () => {
    expect(() => providerEnvironment({ ALPACA_KEY_ID: 'only-the-one' }, {})).toThrow(
      expect.objectContaining({ code: 'incomplete_key' }),
    );
    expect(() => providerEnvironment({}, { TIINGO_TOKEN: 'short' })).toThrow(
      expect.objectContaining({ code: 'invalid_key', message: expect.not.stringContaining('short') }),
    );
  });

  it('are for these hosts alone', () => {
    expect(PROVIDER_HOSTS).toEqual(['data.alpaca.markets', 'api.tiingo.com', 'cdn.cboe.com']);
  });
});
