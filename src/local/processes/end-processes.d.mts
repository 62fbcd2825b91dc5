/** Sends each process its own polite signal, waits, then kills what is left of the very processes recorded. */
export function endProcesses(
  recorded: ReadonlyArray<{ pid: number; startTime: string | null; signal: NodeJS.Signals }>,
  graceMilliseconds: number,
): Promise<void>;
