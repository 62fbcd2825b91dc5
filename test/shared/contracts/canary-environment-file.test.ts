import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ENVIRONMENT_VARIABLES, parseEnvironment } from '../../../src/shared/contracts/environment.ts';

const text = readFileSync(new URL('../../../.env.canary.example', import.meta.url), 'utf8');
const variables: Record<string, string | undefined> = parseEnv(text);

describe('.env.canary.example', () => {
  it('asks for a canary of the 2-model candidate beside the legacy baseline', () => {
    const { configuration, baseline, canary } = parseEnvironment((name) => variables[name]);
    expect(canary).toEqual({ mode: true, symbols: ['AAPL', 'MSFT', 'SPY'] });
    expect(configuration).toEqual(parseEnvironment(() => undefined).configuration);
    expect(Object.keys(baseline.weights)).toHaveLength(4);
  });

  it('names every variable there is, set or as a remark, and no other', () => {
    const named = [...text.matchAll(/^(?:# )?([A-Z_]+)=/gm)].map(([, name]) => name);
    expect(named.sort()).toEqual([...ENVIRONMENT_VARIABLES].sort());
  });

  it('has remarks that could be taken up as they stand', () => {
    const remarks = parseEnv(text.replaceAll(/^# (?=[A-Z_]+=)/gm, ''));
    const { configuration } = parseEnvironment((name) => remarks[name]);
    expect(configuration).toMatchObject({ conformalStep: 0.001, companions: ['QQQ', 'IWM'] });
    expect(configuration.covariates).toHaveLength(2);
  });
});
