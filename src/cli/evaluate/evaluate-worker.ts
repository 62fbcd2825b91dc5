// A worker thread of `npm run evaluate`: one window after the other.
import { parentPort } from 'node:worker_threads';
import { PlumblineError } from '../../shared/errors/plumbline-error.ts';
import { evaluateWindow } from '../../shared/report/evaluate-window.ts';
import type { EvaluateAnswer, EvaluateTask } from './evaluate-task.ts';
import { forecastLines } from './forecast-lines.ts';

parentPort!.on('message', (task: EvaluateTask) => {
  parentPort!.postMessage(answer(task));
});

function answer(task: EvaluateTask): EvaluateAnswer {
  const { series, window, configuration, steps, companions, wantsForecasts } = task;
  try {
    const lines: string[] = [];
    const evaluated = evaluateWindow(series, window, configuration, {
      ...{ steps, companions },
      ...(wantsForecasts && {
        observe: (observed) => lines.push(forecastLines(series, window, configuration, steps, observed)),
      }),
    });
    return { evaluated, forecastLines: lines.join('') };
  } catch (error) {
    // A class does not survive the way to the other thread.
    const code = error instanceof PlumblineError ? error.code : 'internal_error';
    const message = error instanceof Error ? error.message : String(error);
    return {
      failure: {
        code,
        message: `${series.symbol} ${series.timeframe} window ${window.windowId}: ${message}`,
      },
    };
  }
}
