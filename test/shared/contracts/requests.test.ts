import { describe, expect, it } from 'vitest';
import { forecastRequestSchema } from '../../../src/shared/contracts/forecast-request.ts';
import { uploadSchema } from '../../../src/shared/contracts/ingest-request.ts';
import { parse, parseJson } from '../../../src/shared/contracts/parse.ts';

const request = (body: unknown) => parse(forecastRequestSchema, body, 'The request body');

describe('a forecast request', () => {
  it('defaults to 1D and counts a repeated symbol once', () => {
    expect(request({ symbols: ['SPX', 'AAPL', 'SPX'] })).toEqual({ symbols: ['SPX', 'AAPL'], horizon: '1D' });
  });

  it.each([
    ['no symbols', { symbols: [] }, 'symbols'],
    ['a missing list', {}, 'symbols'],
    ['1,000 symbols', { symbols: Array.from({ length: 1000 }, (_, i) => `S${i}`) }, 'at most 50'],
    ['lower case', { symbols: ['spx'] }, 'symbols.0'],
    ['something like SQL', { symbols: ["X'; drop table bars"] }, 'symbols.0'],
    ['an unknown horizon', { symbols: ['SPX'], horizon: '2W' }, 'horizon'],
    ['a field too many', { symbols: ['SPX'], horizont: '1D' }, 'horizont'],
    ['a list for a body', [], 'object'],
    ['null for a body', null, 'object'],
  ])('refuses %s and names it', (_name, body, says) => {
    expect(() => request(body)).toThrowError(
      expect.objectContaining({ code: 'invalid_input', message: expect.stringContaining(says) }),
    );
  });

  it('says in one way what was given', () => {
    const refusal = (body: unknown) => {
      try {
        return request(body);
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(refusal({})).toBe(
      'The request body is not valid: symbols: Invalid input: expected array, not nothing',
    );
    expect(refusal({ symbols: 'SPX' })).toContain('symbols: Invalid input: expected array, not "SPX"');
    expect(refusal({ symbols: ['SPX'], horizont: '1D' })).toBe(
      'The request body is not valid: Unrecognized key: "horizont"',
    );
  });

  it('refuses text that is not JSON', () => {
    expect(() => parseJson(forecastRequestSchema, '{"symbols":', 'The request body')).toThrowError(
      expect.objectContaining({ code: 'malformed_json' }),
    );
  });
});

describe('a value that is nested deeper than a stack reaches', () => {
  it('is refused like any other, and not written out', () => {
    const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
    expect(() => parseJson(forecastRequestSchema, `{"symbols":[${deep}]}`, 'The request body')).toThrowError(
      expect.objectContaining({
        code: 'invalid_input',
        message: expect.stringContaining('an object of 1'),
      }),
    );
  });
});

describe('an upload', () => {
  it('has defaults for all but the symbol', () => {
    expect(parse(uploadSchema, { symbol: 'SPX' }, 'the query')).toEqual({
      symbol: 'SPX',
      timeframe: '1D',
      provider: 'csv',
      feed: 'file',
      replace: false,
    });
  });

  it.each([
    ['true', true],
    ['false', false],
    [true, true],
  ])('replaces the stored series when it says so: %o', (replace, expected) => {
    expect(parse(uploadSchema, { symbol: 'SPX', replace }, 'the query').replace).toBe(expected);
  });

  it.each([
    [{}],
    [{ symbol: 'SPX', timeframe: '1W' }],
    [{ symbol: 'SPX', provider: 'rumour' }],
    [{ symbol: 'SPX', adjustment: 'some' }],
    [{ symbol: 'SPX', from: '2024-02-30' }],
    [{ symbol: 'SPX', feed: 'Not/A Word' }],
    [{ symbol: 'SPX', replace: 'yes' }],
  ])('refuses %o', (query) => {
    expect(() => parse(uploadSchema, query, 'the query')).toThrowError(
      expect.objectContaining({ code: 'invalid_input' }),
    );
  });
});
