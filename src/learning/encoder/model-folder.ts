import { BellwetherError, type Clock, describeError, watchFile } from '../../platform/index.ts';
import { checkModel } from '../model-manifest.ts';
import { findModel, REGISTRY_FILE } from '../model-registry.ts';
import type { ModelSession } from '../model-session.ts';
import { createWindowEncoder, ENCODER, type WindowEncoder } from './window-encoder.ts';

export interface ModelFolderDeps {
  readonly clock: Clock;
  /** Starts a session of a model. */
  readonly open: (model: Uint8Array) => Promise<Pick<ModelSession, 'run' | 'close'>>;
  /** Told of each model that took the old one's place, and why one did not. */
  readonly onChange: (change: { readonly version: string } | { readonly refused: string }) => void;
}

export interface ModelFolderOptions {
  readonly dir: string;
  /** How often the folder is looked at; absent = never again. */
  readonly watchIntervalMs?: number;
}

/** The encoder at work in a folder of models, which another one may replace at any time. */
export interface FolderEncoder extends WindowEncoder {
  close(): Promise<void>;
}

interface Loaded {
  readonly encoder: WindowEncoder;
  readonly session: Pick<ModelSession, 'close'>;
}

/** Windows of the sanity replay: a calm one, a spike and a ramp. */
const TRIAL_ROWS = 3;
const trialWindows = (): Float32Array => {
  const size = ENCODER.channels * ENCODER.windowLength;
  const windows = new Float32Array(TRIAL_ROWS * size);
  windows[size + ENCODER.windowLength - 1] = 3;
  for (let t = 0; t < ENCODER.windowLength; t++) windows[2 * size + t] = t / ENCODER.windowLength;
  return windows;
};

/** A model whose answers are no numbers, or the same for everything, would silence the detector without a word. */
const tryOut = async (encoder: WindowEncoder): Promise<void> => {
  const embeddings = await encoder.embed(TRIAL_ROWS, trialWindows());
  if (embeddings.length !== TRIAL_ROWS * ENCODER.width || !embeddings.every(Number.isFinite))
    throw new BellwetherError('conflict', `model ${encoder.version} gives answers that are no numbers`);
  const [calm, spike] = [embeddings.subarray(0, ENCODER.width), embeddings.subarray(ENCODER.width, 2 * ENCODER.width)];
  if (calm.every((x, i) => x === spike[i]))
    throw new BellwetherError('conflict', `model ${encoder.version} gives the same answer for a spike as for none`);
};

/**
 * Opens the model at work in a folder: its hash, size and kind are checked, and it is tried out. With an interval it is replaced when another
 * one is put to work; one that fails a check is refused and the old one goes on. Rejects with `not_found`, `conflict`, `invalid_input`.
 */
export const openModelFolder = async (deps: ModelFolderDeps, { dir, watchIntervalMs }: ModelFolderOptions): Promise<FolderEncoder> => {
  const load = async (): Promise<Loaded> => {
    const built = await findModel(dir);
    checkModel(built, 'any');
    const session = await deps.open(built.model);
    try {
      const encoder = createWindowEncoder(built.manifest, session);
      await tryOut(encoder);
      return { encoder, session };
    } catch (error) {
      await session.close();
      throw error;
    }
  };

  let current = await load();
  let isOpen = true;
  const changes = { accepted: 0, refused: 0 };
  const reload = async (): Promise<void> => {
    if (!isOpen) return;
    try {
      const { manifest } = await findModel(dir);
      if (manifest.version === current.encoder.version) return;
      const next = await load();
      const old = current;
      current = next;
      changes.accepted++;
      deps.onChange({ version: next.encoder.version });
      await old.session.close();
    } catch (error) {
      changes.refused++;
      deps.onChange({ refused: describeError(error) });
    }
  };
  // One after the other: two changes in a row must end at the last one.
  let work = Promise.resolve();
  const watcher =
    watchIntervalMs === undefined
      ? undefined
      : watchFile(
          `${dir}/${REGISTRY_FILE}`,
          () => {
            work = work.then(reload);
          },
          { clock: deps.clock, intervalMs: watchIntervalMs },
        );
  return {
    get version() {
      return current.encoder.version;
    },
    changes,
    embed: (rows, windows) => current.encoder.embed(rows, windows),
    close: async () => {
      isOpen = false;
      watcher?.close();
      await work;
      await current.session.close();
    },
  };
};
