// `npm run build`: one folder dist/ that runs with Node and onnxruntime-node alone. Each *-worker.ts becomes a file of its own beside
// the program, under its own name (src/platform/worker.ts looks for it there).
import { copyFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OUT = join(ROOT, 'dist');

// CommonJS packages inside an ES module still call require for Node's own modules, and look for files beside themselves.
const BANNER =
  "import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url); " +
  'const __dirname = import.meta.dirname;';

// Read at run time from beside the code that reads it.
const ASSETS = ['node-sqlite3-wasm/dist/node-sqlite3-wasm.wasm'];

const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
const workers = sources.filter((path) => path.endsWith('-worker.ts'));
const entryPoints = [
  { in: join(ROOT, 'src/main.ts'), out: 'bellwether' },
  ...workers.map((path) => ({ in: join(ROOT, 'src', path), out: basename(path, '.ts') })),
];

rmSync(OUT, { recursive: true, force: true });
const startMs = performance.now();
await build({
  entryPoints,
  outdir: OUT,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  // Commands are loaded when they are asked for, also out of the bundle.
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  // Its native library stays where npm put it.
  external: ['onnxruntime-node'],
  banner: { js: BANNER },
  minifySyntax: true,
  legalComments: 'linked',
  logLevel: 'warning',
});

for (const asset of ASSETS) copyFileSync(join(ROOT, 'node_modules', asset), join(OUT, basename(asset)));

const bytes = readdirSync(OUT).reduce((sum, name) => sum + statSync(join(OUT, name)).size, 0);
console.log(
  `dist/: ${entryPoints.map(({ out }) => `${out}.mjs`).join(', ')}; ${(bytes / 2 ** 20).toFixed(1)} MiB in ${Math.round(performance.now() - startMs)} ms`,
);
