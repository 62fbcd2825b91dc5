// What the core takes where no setting says otherwise, beside the rows that a database begins with.
import { expect, it } from 'vitest';
import { DIVERGENCE_THRESHOLDS } from '../../src/shared/divergence/alert-level.ts';
import { DEFAULT_WINDOW_SIZES } from '../../src/shared/evaluation/rolling-windows.ts';
import { DEFAULT_DIRECTION_THRESHOLDS } from '../../src/shared/synthesis/direction.ts';
import { rolledBack } from './support/rolled-back.ts';

it.each([
  ['divergence_levels', DIVERGENCE_THRESHOLDS],
  ['window_sizes', DEFAULT_WINDOW_SIZES],
  ['direction_thresholds', DEFAULT_DIRECTION_THRESHOLDS],
])('the setting %s begins with what the core takes without a database', (name, value) =>
  rolledBack(async (sql) => {
    const [setting] = await sql`select value from public.settings where name = ${name}`;
    expect(setting.value).toEqual(value);
  })(),
);
