import { type BuiltModel, checkModel, parseManifest } from '../model-manifest.ts';
import { DEFAULT_ENCODER } from './default-encoder.generated.ts';

/** The encoder that comes with the program: trained on simulated metrics alone, by `npm run bench -- default-model`. */
export const defaultEncoder = (): BuiltModel => {
  const built = {
    model: Uint8Array.from(Buffer.from(DEFAULT_ENCODER.model, 'base64')),
    manifest: parseManifest(JSON.stringify(DEFAULT_ENCODER.manifest)),
  };
  checkModel(built, 'any');
  return built;
};
