import { readFileSync } from 'node:fs';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { type RequestOf, ROLLOUT_VERBS } from '../../../src/shared/contracts/rollout-verbs.ts';
import type { Database } from '../../../src/shared/store/database.types.ts';

type Verbs = typeof ROLLOUT_VERBS;
type Functions = Database['public']['Functions'];

/** The parameters that a verb's SQL function is given: its fields, of which `defaults` fills what is missing. */
type Parameters<Name extends keyof Verbs> = {
  [Field in Exclude<keyof RequestOf<Name>, 'action'> as `p_${Field & string}`]: Verbs[Name] extends {
    defaults: unknown;
  }
    ? NonNullable<RequestOf<Name>[Field]>
    : RequestOf<Name>[Field];
};

/** Verbs whose fields are not the parameters of their SQL function. */
type Mismatch = {
  [Name in keyof Verbs]: Verbs[Name]['rpc'] extends keyof Functions
    ? Parameters<Name> extends Functions[Verbs[Name]['rpc']]['Args']
      ? never
      : Name
    : never;
}[keyof Verbs];

describe('the verbs of a rollout', () => {
  it('have the fields that their SQL functions take', () => {
    expectTypeOf<Mismatch>().toBeNever();
  });

  it('are each in the table of the guide, with every field', () => {
    const guide = readFileSync(new URL('../../../docs/http-api.md', import.meta.url), 'utf8');
    for (const [name, { request }] of Object.entries(ROLLOUT_VERBS)) {
      if (name === 'status') continue;
      const row = guide.split('\n').find((line) => line.startsWith(`| \`${name}\` |`));
      for (const field of Object.keys(request)) {
        if (field !== 'actor') expect(row).toContain(`\`${field}\``);
      }
    }
  });
});
