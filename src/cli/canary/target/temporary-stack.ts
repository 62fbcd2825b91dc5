import { readEnvironmentFile } from '../../../local/functions/environment-file.ts';
import { type Stack, startStack } from '../../../local/stack.ts';
import { PROJECT_DIRECTORY } from '../../data-directory.ts';
import { endWithStack } from '../../end-with-stack.ts';
import { ensembleEnvironment } from '../../ensemble-environment.ts';
import { PROVIDER_HOSTS, providerEnvironment } from '../../provider-environment.ts';

/**
 * A stack on a data directory, as `npm start` starts one, for the time of a command, which ends when the stack cannot go on.
 *
 * @throws StackStartError, StackAlreadyRunningError, MigrationError; InvalidInputError for a wrong environment
 */
export async function startTemporaryStack(
  data: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Stack> {
  const file = readEnvironmentFile(PROJECT_DIRECTORY);
  const stack = await startStack({
    projectDirectory: PROJECT_DIRECTORY,
    dataDirectory: data,
    environment: { ...ensembleEnvironment(environment, file), ...providerEnvironment(environment, file) },
    functionInstances: { 'forecast-worker': 2 },
    functionNetwork: PROVIDER_HOSTS,
    // What functions and the schedule say meanwhile is not this command's news.
    log: () => {},
  });
  endWithStack(stack);
  return stack;
}
