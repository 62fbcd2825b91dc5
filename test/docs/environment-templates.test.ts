// Whoever copies a template finds every variable in it that the functions read.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { ENVIRONMENT_VARIABLES, PROVIDER_VARIABLES } from '../../src/shared/contracts/environment.ts';

it.each([
  ['supabase/functions/.env.example', PROVIDER_VARIABLES],
  ['.env.canary.example', ENVIRONMENT_VARIABLES],
])('%s names every variable, and no other', (path, variables) => {
  const text = readFileSync(resolve(import.meta.dirname, '../..', path), 'utf8');
  const named = [...text.matchAll(/^(?:# )?([A-Z_]+)=/gm)].map(([, name]) => name);
  expect(named.toSorted()).toEqual([...variables].toSorted());
});
