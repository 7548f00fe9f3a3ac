import { createModelSession, openDefaultEncoder, openModelFolder, spawnSessionThread } from '../learning/index.ts';
import type { Clock, Logger } from '../platform/index.ts';
import type { LearnedMode, ScorerOptions } from '../scoring/index.ts';

/** A batch waits for the one before it, and no longer than a cycle can bear: a late answer is counted and the scores go out without it. */
const SESSION = { threads: 1, maxQueue: 2, timeoutMs: 5000 } as const;

export interface LearnedModel {
  readonly options: NonNullable<ScorerOptions['learned']>;
  /** Lets a run under way end. */
  close(): Promise<void>;
}

export interface LearnedModelOptions {
  readonly mode: LearnedMode;
  /** Folder of trained models; without it, and while no model was promoted there, the encoder that comes with the program is used. */
  readonly models?: string | undefined;
}

/** Often enough for a model that was trained for minutes. */
const WATCH_INTERVAL_MS = 10_000;

/**
 * Starts the model of the configured mode in its thread; undefined when it is off. Rejects where the runtime cannot load it, or the folder's
 * model is damaged. A model put to work later takes its place; one that fails a check is refused and logged.
 */
export const startLearnedModel = async (
  { mode, models }: LearnedModelOptions,
  clock: Clock,
  log: Pick<Logger, 'info' | 'warn' | 'error'>,
): Promise<LearnedModel | undefined> => {
  if (mode === 'off') return undefined;
  const open = (model: Uint8Array) => createModelSession({ clock, spawn: spawnSessionThread }, { model, ...SESSION });
  if (models !== undefined) {
    const onChange: Parameters<typeof openModelFolder>[0]['onChange'] = (change) => {
      if ('version' in change) log.info({ model: change.version }, 'another model is at work');
      else log.error({ reason: change.refused }, 'a new model was refused, the old one goes on');
    };
    const encoder = await openModelFolder({ clock, open, onChange }, { dir: models, watchIntervalMs: WATCH_INTERVAL_MS, mayBeEmpty: true });
    if (encoder.isFallback) log.warn({ models }, 'no model was promoted there yet: the one that comes with the program is at work');
    return { options: { encoder, mode }, close: encoder.close };
  }
  const encoder = await openDefaultEncoder(open);
  return { options: { encoder, mode }, close: encoder.close };
};
