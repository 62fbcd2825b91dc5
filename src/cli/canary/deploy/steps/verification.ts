import { counted } from '../../../../shared/wording/counted.ts';
import type { DeployContext } from '../deploy-context.ts';
import { type DeployStep, stepState } from '../deploy-step.ts';

/** A row of the board, as far as it is looked at. */
interface BoardRow {
  readonly symbol: string;
  readonly horizon: string;
  readonly ensemble: string | null;
  readonly last_cutoff: string | null;
  readonly divergence: number | null;
}

const BOARD_SQL = `select b.symbol, b.horizon, b.ensemble, b.last_cutoff, b.divergence
from public.vw_canary_board b order by b.symbol, b.horizon`;

const SERVED_SQL = `select c.symbol, c.horizon from public.current_forecasts c where c.ensemble = 'candidate'`;

/** Looks whether the board has a full row for every symbol and horizon, and apps read the candidate's forecast there. */
export function verification({ target, plan }: DeployContext): DeployStep {
  return {
    name: 'verification',
    does: 'looks whether the canary board is complete and apps read the candidate on every canary symbol',
    needsRollout: true,
    sql: [BOARD_SQL, SERVED_SQL],
    async check() {
      const board = (await target.query(BOARD_SQL)) as unknown as readonly BoardRow[];
      const served = new Set((await target.query(SERVED_SQL)).map((row) => `${row.symbol} ${row.horizon}`));
      const gaps = board.flatMap((row) => {
        const subject = `${row.symbol} ${row.horizon}`;
        const rolledBack = row.ensemble !== 'candidate';
        return [
          ...(rolledBack ? [`${subject} is served by ${row.ensemble ?? 'nothing'}`] : []),
          ...(row.last_cutoff === null ? [`${subject} has no forecast on the board`] : []),
          ...(row.divergence === null ? [`${subject} has no divergence on the board`] : []),
          ...(served.has(subject) ? [] : [`apps read no forecast of the candidate for ${subject}`]),
        ];
      });
      const absent = plan.symbols.filter((symbol) => board.every((row) => row.symbol !== symbol));
      const remedy =
        'npm run canary -- deploy plans what is missing; select * from vw_run_health says what does not run';
      return stepState({
        missing: [...gaps, ...absent.map((symbol) => `${symbol} is not on the canary board`)].map((what) => ({
          what,
          remedy,
        })),
        notes: [`${counted(board.length, 'row')} on the board`],
      });
    },
    async run() {},
  };
}
