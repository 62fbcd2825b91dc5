import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** `assembly/multiply-add-peak.ts` as WebAssembly, compiled as the kernel is. @throws Error when it does not compile */
export async function compilePeak(): Promise<Uint8Array> {
  let bytes: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [
      'bench/lstm/assembly/multiply-add-peak.ts',
      ...['--outFile', 'peak.wasm', '--runtime', 'stub', '--enable', 'simd', '--noAssert', '--use', 'abort='],
      '-O3',
    ],
    {
      readFile: (name, directory) => {
        try {
          return readFileSync(`${directory === '.' ? ROOT : directory}/${name}`, 'utf8');
        } catch {
          return null;
        }
      },
      writeFile: (_name, contents) => {
        if (typeof contents !== 'string') bytes = contents;
      },
      listFiles: () => [],
    },
  );
  if (error !== null || bytes === undefined)
    throw new Error(stderr.toString() || 'The compiler gave nothing');
  return bytes;
}
