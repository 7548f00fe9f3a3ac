import { BellwetherError, type Clock, describeError, watchFile } from '../../platform/index.ts';
import type { BuiltModel } from '../model-manifest.ts';
import { currentVersion, findModel, REGISTRY_FILE, readRegistry } from '../model-registry.ts';
import { defaultEncoder } from './default-encoder.ts';
import { type OpenEncoder, type OpenSession, openEncoder } from './open-encoder.ts';

export interface ModelFolderDeps {
  readonly clock: Clock;
  readonly open: OpenSession;
  /** Told of each model that took the old one's place, and why one did not. */
  readonly onChange: (change: { readonly version: string } | { readonly refused: string }) => void;
}

export interface ModelFolderOptions {
  readonly dir: string;
  /** How often the folder is looked at; absent = never again. */
  readonly watchIntervalMs?: number;
  /** Where no model was promoted yet, the encoder that comes with the program is at work instead of an error. */
  readonly mayBeEmpty?: boolean;
}

/** The encoder of a folder. */
export interface FolderEncoder extends OpenEncoder {
  /** It is the one that comes with the program. */
  readonly isFallback: boolean;
}

/**
 * Opens the model at work in a folder: its hash, size and kind are checked, and it is tried out. With an interval it is replaced when another
 * one is put to work; one that fails a check is refused and the old one goes on. Rejects with `not_found`, `conflict`, `invalid_input`.
 */
export const openModelFolder = async (
  deps: ModelFolderDeps,
  { dir, watchIntervalMs, mayBeEmpty = false }: ModelFolderOptions,
): Promise<FolderEncoder> => {
  const find = async (): Promise<{ readonly built: BuiltModel; readonly isFallback: boolean }> => {
    try {
      return { built: await findModel(dir), isFallback: false };
    } catch (error) {
      if (!mayBeEmpty || !(error instanceof BellwetherError) || error.code !== 'not_found') throw error;
      // A model that was promoted and is gone is no empty folder.
      if (currentVersion(await readRegistry(dir)) !== undefined) throw error;
      return { built: defaultEncoder(), isFallback: true };
    }
  };

  const first = await find();
  let { isFallback } = first;
  let current = await openEncoder(deps.open, first.built);
  let isOpen = true;
  const changes = { accepted: 0, refused: 0 };
  const reload = async (): Promise<void> => {
    if (!isOpen) return;
    try {
      const found = await find();
      // Kept and not promoted: what is at work goes on.
      if (found.isFallback || found.built.manifest.version === current.version) return;
      const next = await openEncoder(deps.open, found.built);
      const old = current;
      current = next;
      isFallback = false;
      changes.accepted++;
      deps.onChange({ version: next.version });
      await old.close();
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
      return current.version;
    },
    get isFallback() {
      return isFallback;
    },
    changes,
    embed: (rows, windows) => current.embed(rows, windows),
    close: async () => {
      isOpen = false;
      watcher?.close();
      await work;
      await current.close();
    },
  };
};
