import { replayFile } from '../../evaluation/index.ts';
import {
  checkModel,
  createModelSession,
  createWindowEncoder,
  defaultEncoder,
  readModel,
  spawnSessionThread,
} from '../../learning/index.ts';
import { type Clock, listFiles, removeTree, writeFileAtomic } from '../../platform/index.ts';
import { runTraining } from '../run-training.ts';
import type { RetrainDeps } from './run-retrain.ts';
import { leftOutEvents } from './verdict-windows.ts';

const SESSION = { threads: 1, maxQueue: 2, timeoutMs: 120_000 } as const;
/** Recordings that stay beside the models. */
const KEPT_RECORDINGS = 2;

export interface ModelPartsOptions {
  readonly dir: string;
  readonly stepSeconds: number;
  readonly steps: number;
  readonly seed: number;
  readonly licence: string;
  /** The workloads to learn from. */
  readonly owns: (name: { readonly namespace: string; readonly workload: string }) => boolean;
}

/** Training and replay with real models. */
export const createModelParts = (
  deps: { readonly clock: Clock; readonly tell: (line: string) => void },
  { dir, stepSeconds, ...training }: ModelPartsOptions,
  signal?: AbortSignal,
): Pick<RetrainDeps, 'train' | 'replay'> => ({
  train: async (recording, windows) => {
    const events = `${dir}/retrain.events.json`;
    await writeFileAtomic(events, [new TextEncoder().encode(leftOutEvents(windows, stepSeconds))]);
    const options = { ...training, out: dir, files: [{ data: recording, events }], keepOnly: true };
    return (await runTraining(deps, options, signal)).version;
  },
  replay: async (recording, version) => {
    // Before anything was promoted the exporter has the encoder that comes with the program.
    const built = version === undefined ? defaultEncoder() : await readModel(dir, version);
    checkModel(built, 'any');
    const session = await createModelSession({ clock: deps.clock, spawn: spawnSessionThread }, { model: built.model, ...SESSION });
    try {
      return await replayFile(recording, { stepSeconds, encoder: createWindowEncoder(built.manifest, session) }, deps.clock, signal);
    } finally {
      await session.close();
    }
  },
});

/** Removes all but the newest recordings: a week of a cluster is some hundred megabytes. */
export const pruneRecordings = async (dir: string): Promise<void> => {
  const folder = `${dir}/recordings`;
  const ends = (name: string): number => Number(/^prometheus-\d+-(\d+)\./.exec(name)?.[1] ?? Number.NaN);
  const files = (await listFiles(folder)).filter((name) => Number.isFinite(ends(name)));
  const kept = new Set([...new Set(files.map(ends))].sort((a, b) => b - a).slice(0, KEPT_RECORDINGS));
  for (const name of files) if (!kept.has(ends(name))) await removeTree(`${folder}/${name}`);
};
