// `node scripts/image-modules.mjs FOLDER`: the packages that dist/ does not hold, for this platform alone, as the image has them.
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGES = ['onnxruntime-node', 'onnxruntime-common'];
const MODULES = fileURLToPath(new URL('../node_modules', import.meta.url));

const target = process.argv[2];
if (!target) {
  console.error('usage: node scripts/image-modules.mjs FOLDER');
  process.exit(2);
}
mkdirSync(resolve(target), { recursive: true });
for (const name of PACKAGES) cpSync(join(MODULES, name), join(resolve(target), name), { recursive: true, dereference: true });

// Libraries lie in bin/napi-vN/PLATFORM/ARCH; those of other machines are most of the package.
const bin = join(resolve(target), 'onnxruntime-node', 'bin');
for (const abi of readdirSync(bin))
  for (const platform of readdirSync(join(bin, abi)))
    for (const arch of readdirSync(join(bin, abi, platform)))
      if (platform !== process.platform || arch !== process.arch) rmSync(join(bin, abi, platform, arch), { recursive: true });
