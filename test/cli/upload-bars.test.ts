import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BarFile } from '../../src/cli/bar-files.ts';
import type { StackAccess } from '../../src/cli/call-function.ts';
import { uploadBars } from '../../src/cli/upload-bars.ts';

let directory: string;
let file: BarFile;
let server: Server;
let stack: StackAccess;
/** What the stand-in of ingest-bars refuses with. */
let refusal = { code: '', message: '' };

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'plumbline-upload-'));
  file = {
    ...{ symbol: 'AAPL', path: join(directory, 'AAPL.csv'), timeframe: '1D' },
    feed: 'file',
  };
  writeFileSync(file.path, 'date\n');
  server = createServer((_request, response) => response.writeHead(400).end(JSON.stringify(refusal)));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  stack = { url: `http://127.0.0.1:${port}`, secretKeys: { default: 'sb_secret_x' } };
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(directory, { recursive: true });
});

describe('uploadBars', () => {
  it('names the file where the fault is the file\u2019s', async () => {
    for (const code of ['missing_column', 'mixed_sources', 'restated_history']) {
      refusal = { code, message: 'why' };
      await expect(uploadBars(stack, file)).rejects.toMatchObject({ code, message: `${file.path}: why` });
    }
  });

  it('does not where it is not', async () => {
    refusal = { code: 'contradictory_environment', message: 'why' };
    await expect(uploadBars(stack, file)).rejects.toMatchObject({ ...refusal });
  });

  it('says that a stack does not answer', async () => {
    const nobody = { ...stack, url: 'http://127.0.0.1:9' };
    await expect(uploadBars(nobody, file)).rejects.toMatchObject({ code: 'stack_unreachable' });
  });

  it('says that a file went away', async () => {
    rmSync(file.path);
    await expect(uploadBars(stack, file)).rejects.toMatchObject({ code: 'unreadable_file' });
  });
});
