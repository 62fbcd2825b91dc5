/** When the process started, in the system's own unit; null when there is no such process. */
export function processStartTime(pid: number): string | null;
/** Whether the very process that was recorded still runs. */
export function isSameProcess(recorded: { pid: number; startTime: string | null }): boolean;
/** The process's command line, its arguments separated by spaces; null when there is no such process. */
export function processCommand(pid: number): string | null;
