import { type Clock, describeError, watchFile } from '../../platform/index.ts';
import { findModel, REGISTRY_FILE } from '../model-registry.ts';
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
}

/**
 * Opens the model at work in a folder: its hash, size and kind are checked, and it is tried out. With an interval it is replaced when another
 * one is put to work; one that fails a check is refused and the old one goes on. Rejects with `not_found`, `conflict`, `invalid_input`.
 */
export const openModelFolder = async (deps: ModelFolderDeps, { dir, watchIntervalMs }: ModelFolderOptions): Promise<OpenEncoder> => {
  const load = async (): Promise<OpenEncoder> => openEncoder(deps.open, await findModel(dir));

  let current = await load();
  let isOpen = true;
  const changes = { accepted: 0, refused: 0 };
  const reload = async (): Promise<void> => {
    if (!isOpen) return;
    try {
      const { manifest } = await findModel(dir);
      if (manifest.version === current.version) return;
      const next = await load();
      const old = current;
      current = next;
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
