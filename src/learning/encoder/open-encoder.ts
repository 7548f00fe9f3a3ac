import { type BuiltModel, checkModel } from '../model-manifest.ts';
import type { ModelSession } from '../model-session.ts';
import { defaultEncoder } from './default-encoder.ts';
import { tryOut } from './trial-windows.ts';
import { createWindowEncoder, type WindowEncoder } from './window-encoder.ts';

/** Starts a session of a model. */
export type OpenSession = (model: Uint8Array) => Promise<Pick<ModelSession, 'run' | 'close'>>;

/** An encoder with the session that runs it. */
export interface OpenEncoder extends WindowEncoder {
  close(): Promise<void>;
}

/** Opens an encoder after a check of hash, size and kind and a trial run. Rejects with `conflict` or `invalid_input`. */
export const openEncoder = async (open: OpenSession, built: BuiltModel): Promise<OpenEncoder> => {
  checkModel(built, 'any');
  const session = await open(built.model);
  try {
    const encoder = createWindowEncoder(built.manifest, session);
    await tryOut(encoder);
    return { ...encoder, close: () => session.close() };
  } catch (error) {
    await session.close();
    throw error;
  }
};

/** Opens the encoder that comes with the program. */
export const openDefaultEncoder = (open: OpenSession): Promise<OpenEncoder> => openEncoder(open, defaultEncoder());
