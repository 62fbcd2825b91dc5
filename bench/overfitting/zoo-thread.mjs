// Begins a worker thread: `--import tsx` of the main thread does not reach it, so TypeScript is registered here.
import { register } from 'tsx/esm/api';

register();
await import('./zoo-worker.ts');
