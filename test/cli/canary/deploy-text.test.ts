import { describe, expect, it } from 'vitest';
import { readinessText } from '../../../src/cli/canary/deploy/deploy-text.ts';

const MISSING = { step: 'preflight', what: 'AAPL 1D has no bars', remedy: 'ingest them' } as const;
const READINESS = { target: 'the stack', deployed: false, ready: true, missing: [], notes: [] };

describe('readiness for people', () => {
  it('says what is missing, and what to do about it', () => {
    expect(readinessText(READINESS)).toBe('the stack: ready to deploy');
    expect(readinessText({ ...READINESS, ready: false, missing: [MISSING] })).toBe(
      'the stack: not ready to deploy, 1 thing missing\n  preflight: AAPL 1D has no bars\n    ingest them',
    );
  });

  it('does not call a rollout that runs not deployed', () => {
    expect(readinessText({ ...READINESS, deployed: true })).toBe('the stack: deployed and complete');
    expect(readinessText({ ...READINESS, deployed: true, ready: false, missing: [MISSING] })).toMatch(
      /^the stack: deployed, but 1 thing missing/,
    );
  });
});
