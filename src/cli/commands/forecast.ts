import { setTimeout as sleep } from 'node:timers/promises';
import { PlumblineError } from '../../shared/errors/plumbline-error.ts';
import type { RecentFailure } from '../../shared/jobs/forecast-on-request.ts';
import type { RunStatus } from '../../shared/store/read-run.ts';
import type { StoredForecast } from '../../shared/store/stored-forecast.ts';
import { callFunction, type StackAccess } from '../call-function.ts';

/** The run that was to make the forecasts failed, or took too long (`run_timeout`); the code is the run's. */
class RunFailedError extends PlumblineError {}

interface Answer {
  readonly run?: RunStatus;
  readonly forecasts: readonly StoredForecast[];
  readonly failures?: readonly RecentFailure[];
}

const POLL_INTERVAL = 500;

/**
 * `plumbline forecast SYMBOL ...`: asks for forecasts over HTTP and waits for the run if a fit is needed.
 *
 * @param tell gets the run's progress
 * @param timeout milliseconds to wait for a run; default 300,000
 * @throws StoreError what the function refuses; RunFailedError
 */
export async function forecast(
  stack: StackAccess,
  symbols: readonly string[],
  horizon: string,
  tell: (line: string) => void,
  timeout = 300_000,
): Promise<readonly StoredForecast[]> {
  const { body } = await callFunction(stack, 'forecast', {
    method: 'POST',
    body: JSON.stringify({ symbols, horizon }),
  });
  const first = body as Answer;
  const [failure] = first.failures ?? [];
  if (failure !== undefined) {
    const { symbol, code, message, retry_at } = failure;
    throw new RunFailedError(code, `${symbol} ${horizon} is not tried again before ${retry_at}: ${message}`);
  }
  if (first.run === undefined) return first.forecasts;

  tell(`A fit is needed: run ${first.run.id}`);
  const end = performance.now() + timeout;
  let said = -1;
  while (performance.now() < end) {
    const { body } = await callFunction(stack, `forecast?run=${first.run.id}`, { method: 'GET' });
    const { run, forecasts } = body as Required<Answer>;
    if (run.status === 'failed') throw new RunFailedError(run.error_code!, run.error_message!);
    if (run.status === 'succeeded') {
      return [...first.forecasts, ...forecasts].sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
    }
    const share = Math.floor(run.progress * 10) * 10;
    if (share !== said) tell(`Fitting: ${share} %`);
    said = share;
    await sleep(POLL_INTERVAL);
  }
  throw new RunFailedError('run_timeout', `Run ${first.run.id} is not done after ${timeout / 1000} s`);
}
