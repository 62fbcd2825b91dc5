import { afterEach, expect, test } from 'vitest';
import { readConfig } from '../../src/local/config.ts';
import { createFixtureProject, type FixtureProject } from './support/fixture-project.ts';

let project: FixtureProject;
afterEach(() => project.remove());

test('a project without config.toml gets the defaults of the CLI', () => {
  project = createFixtureProject({});
  const config = readConfig(project.directory);
  expect(config.api.max_rows).toBe(1000);
  expect(config.db.seed.sql_paths).toEqual(['./seed.sql']);
  expect(config.functions).toEqual({});
});

test('a function needs a token unless its section says otherwise', () => {
  project = createFixtureProject({
    'supabase/config.toml': '[functions.a]\nverify_jwt = false\n[functions.b]\nenabled = false\n',
  });
  const { functions } = readConfig(project.directory);
  expect(functions.a).toEqual({ enabled: true, verify_jwt: false });
  expect(functions.b).toEqual({ enabled: false, verify_jwt: true });
});

test.each([
  ['no TOML', '[functions\n'],
  ['a wrong type', '[api]\nmax_rows = "many"\n'],
])('%s is refused with the path of the file', (_, content) => {
  project = createFixtureProject({ 'supabase/config.toml': content });
  expect(() => readConfig(project.directory)).toThrow(
    expect.objectContaining({ code: 'invalid_config', message: expect.stringContaining('config.toml') }),
  );
});
