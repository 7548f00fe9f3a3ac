// The encoder that a bench asks for: the shipped one, one of a folder, or none.
import { createModelSession, type OpenEncoder, openDefaultEncoder, openModelFolder, spawnSessionThread } from '../../src/learning/index.ts';
import { systemClock } from '../../src/platform/index.ts';

const open = (model: Uint8Array) =>
  createModelSession({ clock: systemClock, spawn: spawnSessionThread }, { model, threads: 1, maxQueue: 2, timeoutMs: 120_000 });

/** @param wanted a folder of models, `none`, or absent for the shipped one */
export const openEncoder = async (wanted: string | undefined): Promise<OpenEncoder | undefined> => {
  if (wanted === 'none') return undefined;
  if (wanted === undefined) return openDefaultEncoder(open);
  return openModelFolder({ clock: systemClock, open, onChange: () => undefined }, { dir: wanted });
};
