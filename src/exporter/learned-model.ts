import { createModelSession, openDefaultEncoder, openModelFolder, spawnSessionThread } from '../learning/index.ts';
import type { Clock, Logger } from '../platform/index.ts';
import { type LearnedMode, type LearnedSetting, learnedModeOf, type ScorerOptions } from '../scoring/index.ts';

/** A batch waits for the one before it, and no longer than a cycle can bear: a late answer is counted and the scores go out without it. */
const SESSION = { threads: 1, maxQueue: 2, timeoutMs: 5000 } as const;

export interface LearnedModel {
  readonly options: NonNullable<ScorerOptions['learned']>;
  /** Lets a run under way end. */
  close(): Promise<void>;
}

export interface LearnedModelOptions {
  readonly setting: LearnedSetting;
  readonly stepSeconds: number;
  /** Folder of trained models; without it, and while no model was promoted there, the encoder that comes with the program is used. */
  readonly models?: string | undefined;
}

/** Often enough for a model that was trained for minutes. */
const WATCH_INTERVAL_MS = 10_000;

type ModelLog = Pick<Logger, 'info' | 'warn' | 'error'>;

/** Who names a folder of own models wants them, whatever the interval. */
export const modeOf = ({ setting, stepSeconds, models }: LearnedModelOptions): LearnedMode =>
  setting === 'auto' && models !== undefined ? 'on' : learnedModeOf(setting, stepSeconds);

/**
 * Starts the model of the configured setting in its thread; undefined when it is off. Rejects where the runtime cannot load it, or the folder's
 * model is damaged; where nobody asked for one (`auto`, no folder), that is logged and scores are made without. A model put to work later takes its place; one that
 * fails a check is refused and logged.
 */
export const startLearnedModel = async (
  options: LearnedModelOptions,
  clock: Clock,
  log: ModelLog,
  start = startModel,
): Promise<LearnedModel | undefined> => {
  const { setting, models } = options;
  const mode = modeOf(options);
  if (mode === 'off') return undefined;
  try {
    return await start(mode, models, clock, log);
  } catch (error) {
    if (setting !== 'auto' || models !== undefined) throw error;
    log.error(
      { reason: error instanceof Error ? error.message : String(error) },
      'the learned model does not start; scores are made without it',
    );
    return undefined;
  }
};

const startModel = async (
  mode: Exclude<LearnedMode, 'off'>,
  models: string | undefined,
  clock: Clock,
  log: ModelLog,
): Promise<LearnedModel> => {
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
