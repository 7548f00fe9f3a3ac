import { readFile, writeFileAtomic } from '../platform/index.ts';
import { type BuiltModel, parseManifest } from './model-manifest.ts';

const MODEL_FILE = 'model.onnx';
const MANIFEST_FILE = 'manifest.json';

/** Small nets by design; a larger file is the wrong one. */
const MAX_MODEL_BYTES = 64 * 2 ** 20;
const MAX_MANIFEST_BYTES = 2 ** 20;

/** Writes a model and then its manifest into a folder: a reader never sees a manifest before its model. */
export const saveModel = async (folder: string, { model, manifest }: BuiltModel): Promise<void> => {
  await writeFileAtomic(`${folder}/${MODEL_FILE}`, [model]);
  await writeFileAtomic(`${folder}/${MANIFEST_FILE}`, [new TextEncoder().encode(`${JSON.stringify(manifest, undefined, 2)}\n`)]);
};

/** Reads both, unchecked against each other: that is `checkModel`. Rejects with `not_found`, `too_large`, `invalid_input`. */
export const loadModel = async (folder: string): Promise<BuiltModel> => {
  const manifest = parseManifest(new TextDecoder().decode(await readFile(`${folder}/${MANIFEST_FILE}`, { maxBytes: MAX_MANIFEST_BYTES })));
  return { manifest, model: await readFile(`${folder}/${MODEL_FILE}`, { maxBytes: MAX_MODEL_BYTES }) };
};
