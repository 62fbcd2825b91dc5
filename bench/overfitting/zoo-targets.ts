import { type BenchResult, shareAgainstBound } from '../harness/bench-result.ts';
import { noiseName, TABLE_AMPLITUDE } from './judge-symbol.ts';
import { percentage, symbolsOf, tableModels, windowsOf, type Zoo } from './zoo-table.ts';
import type { TestVolatility } from './zoo-window.ts';

/** A finding that is counted, beside how often the raw measure says the same of these windows. */
type Finding = 'overfitting' | 'implausible' | 'divergence';

const RAW = 'raw |val - test| / val > 0.20';

/** What is promised of the zoo, and whether it is so. */
export function zooTargets(zoo: Zoo): BenchResult[] {
  const honest = tableModels(zoo, 'honest');
  const memorisers = tableModels(zoo, 'memoriser');
  const [peek, range] = tableModels(zoo, 'leak');
  const selection = noiseName(300, TABLE_AMPLITUDE);
  return [
    ofWorst(zoo, 'verdict on what does not overfit', honest, 'overfitting', 1, 'at most', 3),
    ofWorst(zoo, 'the same, test volatility halved', honest, 'overfitting', 0.5, 'at most', 5),
    ofWorst(zoo, 'the same, test volatility doubled', honest, 'overfitting', 2, 'at most', 5),
    ofWorst(zoo, 'divergence above 0.15 of what does not overfit', honest, 'divergence', 1, 'at most', 1),
    ofWorst(zoo, 'implausible skill of what does not leak', honest, 'implausible', 1, 'at most', 0),
    ofWorst(zoo, 'verdict on memorisers', memorisers, 'overfitting', 1, 'at least', 90),
    pooledWorst(zoo, 'the same, pooled by symbol', memorisers, 'overfitting', 100),
    ofWorst(zoo, `verdict on the ${selection}`, [selection], 'overfitting', 1, 'at least', 50),
    pooledWorst(zoo, 'the same, pooled by symbol', [selection], 'overfitting', 95),
    ofWorst(zoo, `implausible skill: ${peek}`, [peek], 'implausible', 1, 'at least', 100),
    pooledWorst(zoo, 'the same, pooled by symbol', [peek], 'implausible', 100),
    ofWorst(zoo, `implausible skill: ${range}`, [range], 'implausible', 1, 'at least', 100),
    pooledWorst(zoo, 'the same, pooled by symbol', [range], 'implausible', 100),
  ];
}

/** The share of windows of the model for which it is the worst one. */
function ofWorst(
  zoo: Zoo,
  name: string,
  models: readonly string[],
  finding: Finding,
  volatility: TestVolatility,
  direction: 'at most' | 'at least',
  target: number,
): BenchResult {
  const shares = models.map((model) => ({
    model,
    share: percentage(windowsOf(zoo, model, volatility), (window) =>
      finding === 'divergence' ? window.divergence > 0.15 : window[finding],
    ),
  }));
  const worst = shares.reduce((a, b) =>
    (direction === 'at most' ? b.share > a.share : b.share < a.share) ? b : a,
  );
  const windows = windowsOf(zoo, worst.model, volatility);
  return shareAgainstBound(
    { case: name, direction, target, ...(models.length > 1 && { note: `the worst is ${worst.model}` }) },
    worst.share,
    finding === 'implausible' ? null : { peer: RAW, value: percentage(windows, ({ raw }) => raw > 0.2) },
  );
}

function pooledWorst(
  zoo: Zoo,
  name: string,
  models: readonly string[],
  finding: 'overfitting' | 'implausible',
  target: number,
): BenchResult {
  const shares = models.map((model) => percentage(symbolsOf(zoo, model), (symbol) => symbol[finding]));
  return shareAgainstBound({ case: name, direction: 'at least', target }, Math.min(...shares), null);
}
