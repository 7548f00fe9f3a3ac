import { buildWindowShape, createModelSession, createWindowRowModel, spawnSessionThread } from '../learning/index.ts';
import type { Clock } from '../platform/index.ts';
import type { LearnedMode, ScorerOptions } from '../scoring/index.ts';

/** A batch waits for the one before it, and no longer than a cycle can bear: a late answer is counted and the scores go out without it. */
const SESSION = { threads: 1, maxQueue: 2, timeoutMs: 5000 } as const;

export interface LearnedModel {
  readonly options: NonNullable<ScorerOptions['learned']>;
  /** Lets a run under way end. */
  close(): Promise<void>;
}

/** Starts the model of the configured mode in its thread; undefined when it is off. Rejects where the runtime cannot load it. */
export const startLearnedModel = async (mode: LearnedMode, clock: Clock): Promise<LearnedModel | undefined> => {
  if (mode === 'off') return undefined;
  const { manifest, model } = buildWindowShape();
  const session = await createModelSession({ clock, spawn: spawnSessionThread }, { model, ...SESSION });
  return { options: { model: createWindowRowModel(manifest, session), mode }, close: session.close };
};
