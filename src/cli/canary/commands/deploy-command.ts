import { readEnvironmentFile } from '../../../local/functions/environment-file.ts';
import {
  ENVIRONMENT_VARIABLES,
  PROVIDER_VARIABLES,
  parseEnvironment,
} from '../../../shared/contracts/environment.ts';
import { configurationHash } from '../../../shared/ensemble/configuration-hash.ts';
import type { EnsembleConfiguration } from '../../../shared/ensemble/ensemble-configuration.ts';
import { InvalidInputError } from '../../../shared/errors/invalid-input-error.ts';
import type { Json } from '../../../shared/json.ts';
import { CODE_VERSION } from '../../../shared/version.ts';
import { textsOnOneLine } from '../../../shared/wording/printable.ts';
import { actorOf } from '../../actor.ts';
import { PROJECT_DIRECTORY } from '../../data-directory.ts';
import type { DeployOptions } from '../canary-options.ts';
import { deploy, dryRun, verify } from '../deploy/deploy.ts';
import type { DeployContext, DeployedEnsemble, DeployPlan } from '../deploy/deploy-context.ts';
import { deployText, dryRunText, readinessText } from '../deploy/deploy-text.ts';
import { KeptResults } from '../deploy/kept-results.ts';
import { functionsCheckedOnce } from '../deploy/preflight/functions-check.ts';
import { runTests } from '../deploy/run-tests.ts';
import { sourceState } from '../deploy/source-state.ts';
import { secretsOf } from '../deploy/vault-secrets.ts';
import { noTarget } from '../target/no-target.ts';
import { openTarget, runningTarget } from '../target/open-target.ts';
import type { Target } from '../target/target.ts';
import type { CommandResult } from './command-result.ts';

/** Milliseconds without progress after which first forecasts are given up. */
const PATIENCE = 300_000;

/** Variables by their name, as `process.env` has them. */
type Variables = Readonly<Record<string, string | undefined>>;

/**
 * `canary deploy`, `--dry-run` and `--verify-only`.
 *
 * @throws DeployError, StoreError, InvalidInputError, NoStackError
 */
export async function deployCommand(
  options: DeployOptions,
  environment: Variables,
  tell: (line: string) => void,
): Promise<CommandResult> {
  const plan = planOf(options, environment);
  const opened = await targetFor(options, environment, tell);
  const target = opened ?? noTarget(`a stack on ${options.data}, which does not run`);
  const now = () => new Date().toISOString();
  const context: DeployContext = {
    plan,
    target,
    kept: new KeptResults(options.data),
    tell,
    runTests: () => runTests(now),
    checkFunctions: functionsCheckedOnce(),
    now,
    patience: PATIENCE,
  };
  try {
    if (options.dryRun) {
      const run = await dryRun(context, opened !== null);
      return { status: 0, document: run, text: dryRunText(textsOnOneLine(run)) };
    }
    if (options.verifyOnly) {
      const readiness = await verify(context);
      return {
        status: readiness.ready ? 0 : 1,
        document: readiness,
        text: readinessText(textsOnOneLine(readiness)),
      };
    }
    const report = await deploy(context);
    return { status: 0, document: report, text: deployText(textsOnOneLine(report)) };
  } finally {
    await target.close();
  }
}

/** A dry run starts no stack, for starting one applies migrations; null when there is none to ask. */
async function targetFor(
  options: DeployOptions,
  environment: Variables,
  tell: (line: string) => void,
): Promise<Target | null> {
  if (options.dryRun && options.remote === undefined) return runningTarget(options.data);
  return await openTarget(options, environment, tell);
}

/** @throws InvalidInputError for a wrong environment; `no_actor` */
function planOf(options: DeployOptions, environment: Variables): DeployPlan {
  // As npm start reads it: what the process has goes before the file.
  const file = readEnvironmentFile(PROJECT_DIRECTORY);
  const read = (name: string) => environment[name] || file[name];
  const { configuration, baseline, canary } = parseEnvironment(read);
  const [candidateHash, baselineHash] = [configuration, baseline].map(configurationHash);
  if (candidateHash === baselineHash) {
    throw new InvalidInputError(
      'same_configuration',
      'ENSEMBLE_MODEL_COUNT=4 asks for the baseline itself: a canary compares a candidate of 2 or 3 models with it',
    );
  }
  const variables = [...ENVIRONMENT_VARIABLES, ...PROVIDER_VARIABLES].flatMap((name) => {
    const value = read(name);
    return value ? [[name, value] as const] : [];
  });
  return {
    actor: actorOf(options.actor, environment),
    candidate: deployed(configuration),
    baseline: deployed(baseline),
    symbols: options.symbols ?? canary.symbols,
    codeVersion: CODE_VERSION,
    source: sourceState(PROJECT_DIRECTORY),
    skipTests: options.skipTests,
    allowOldBars: options.allowOldBars,
    variables: Object.fromEntries(variables),
    secrets: options.remote === undefined ? {} : secretsOf(environment),
  };
}

function deployed(configuration: EnsembleConfiguration): DeployedEnsemble {
  const members = Object.entries(configuration.weights).map(([name, weight]) => `${name} ${weight}`);
  return {
    configuration: configuration as unknown as Json,
    hash: configurationHash(configuration),
    members: members.join(', '),
  };
}
