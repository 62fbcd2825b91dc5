// Settings as TypeScript reads them.
import { describe, expect, it } from 'vitest';
import { DEFAULT_CRITERIA } from '../../bench/rollout/default-criteria.ts';
import { parseSetting } from '../../src/shared/contracts/settings.ts';
import { DIVERGENCE_THRESHOLDS } from '../../src/shared/divergence/alert-level.ts';
import { DEFAULT_WINDOW_SIZES } from '../../src/shared/evaluation/rolling-windows.ts';
import { DEFAULT_LARGEST_MOVE } from '../../src/shared/series/implausible-moves.ts';
import { DEFAULT_DIRECTION_THRESHOLDS } from '../../src/shared/synthesis/direction.ts';
import { rolledBack } from './support/rolled-back.ts';

describe('the settings of a new database', () => {
  it.each([
    ['window_sizes', DEFAULT_WINDOW_SIZES],
    ['divergence_levels', DIVERGENCE_THRESHOLDS],
    ['direction_thresholds', DEFAULT_DIRECTION_THRESHOLDS],
    ['largest_move', { default: DEFAULT_LARGEST_MOVE }],
    ['rollout_criteria', DEFAULT_CRITERIA],
    ['on_member_failure', 'fail'],
    ['publishing_enabled', true],
  ] as const)('have the %s that TypeScript takes where no setting says otherwise', async (name, standard) => {
    await rolledBack(async (sql) => {
      const [{ value }] = await sql`select value from public.settings where name = ${name}`;
      expect(parseSetting(name, value)).toEqual(standard);
    })();
  });
});
