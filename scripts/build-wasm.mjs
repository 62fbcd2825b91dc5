// npm run build:wasm: compiles src/assembly/lstm-kernel and embeds the bytes in a module, since Edge Functions have no files.
// With --check: writes nothing, and exits 1 when the module is not what the source gives.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = 'src/shared/models/lstm/kernel/lstm-kernel-bytes.ts';
const files = new Map();

const { error, stderr } = await asc.main(
  [
    'src/assembly/lstm-kernel/index.ts',
    '--outFile',
    'kernel.wasm',
    // `configure` takes all memory anew for each network: nothing is freed one by one.
    ...['--runtime', 'stub'],
    ...['--enable', 'simd'],
    // A failed assertion would ask the host for an import; the module has none.
    ...['--noAssert', '--use', 'abort='],
    '-O3',
  ],
  {
    readFile: (name, directory) => {
      try {
        return readFileSync(`${directory === '.' ? root : directory}/${name}`, 'utf8');
      } catch {
        return null;
      }
    },
    writeFile: (name, contents) => void files.set(name, contents),
    listFiles: () => [],
  },
);
const bytes = files.get('kernel.wasm');
if (error !== null || bytes === undefined) {
  console.error(`${stderr.toString()}\n${error?.message ?? 'No bytes came out of the compiler.'}`);
  process.exit(1);
}

const module = `/** The LSTM kernel as WebAssembly, base64: ${bytes.length} bytes. Written by \`npm run build:wasm\`. */
export const LSTM_KERNEL_BASE64 =
  '${Buffer.from(bytes).toString('base64')}';
`;
if (!process.argv.includes('--check')) {
  writeFileSync(`${root}${target}`, module);
  console.error(`${target}: ${bytes.length} bytes`);
} else {
  let written = '';
  try {
    written = readFileSync(`${root}${target}`, 'utf8');
  } catch {
    // Not there: as wrong as another kernel's.
  }
  if (written !== module) {
    console.error(`${target} is not what src/assembly/lstm-kernel gives\nrun: npm run build:wasm`);
    process.exit(1);
  }
}
