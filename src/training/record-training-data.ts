import { BellwetherError, type Clock, createProgress, listFiles, removeTree } from '../platform/index.ts';
import { type RecorderDeps, record } from '../recorder/index.ts';

export interface RecordTrainingDeps extends Pick<RecorderDeps, 'source' | 'catalog'> {
  readonly clock: Clock;
  readonly tell: (line: string) => void;
}

export interface RecordTrainingOptions {
  /** Folder of models; recordings lie beside them. */
  readonly out: string;
  /** Length of the stretch, up to the last full hour. */
  readonly hours: number;
  readonly stepMs: number;
  readonly sourceName: string;
}

const HOUR_SECONDS = 3600;
const STATE = '.state.json';
const DATA = '.om.gz';

/**
 * Records the last hours of a Prometheus as `recordings/prometheus-FROM-TO.om.gz` and gives its path. A recording that was stopped is continued, one of
 * the same hours is used as it is, one that was begun with other options is thrown away. Rejects as the recorder does.
 */
export const recordTrainingData = async (
  deps: RecordTrainingDeps,
  options: RecordTrainingOptions,
  signal: AbortSignal,
): Promise<string> => {
  const outDir = `${options.out}/recordings`;
  const to = Math.floor(deps.clock.nowMs() / 1000 / HOUR_SECONDS) * HOUR_SECONDS;
  const fresh = `prometheus-${to - options.hours * HOUR_SECONDS}-${to}`;
  const files = await listFiles(outDir);
  const stopped = files.find((name) => name.startsWith('prometheus-') && name.endsWith(STATE))?.slice(0, -STATE.length);
  if (stopped === undefined && files.includes(`${fresh}${DATA}`)) {
    deps.tell(`${fresh} is there already`);
    return `${outDir}/${fresh}${DATA}`;
  }
  if (stopped === undefined) return await recordStretch(deps, options, outDir, fresh, signal);
  try {
    return await recordStretch(deps, options, outDir, stopped, signal);
  } catch (error) {
    // Other options, another server or another version since: nobody is there to throw it away.
    if (!(error instanceof BellwetherError) || error.code !== 'conflict') throw error;
    deps.tell(`${stopped} cannot be continued and is thrown away`);
    for (const name of files) if (name.startsWith(`${stopped}.`)) await removeTree(`${outDir}/${name}`);
    return await recordStretch(deps, options, outDir, fresh, signal);
  }
};

/** Records what the name says, or goes on with it. */
const recordStretch = async (
  deps: RecordTrainingDeps,
  { stepMs, sourceName }: RecordTrainingOptions,
  outDir: string,
  name: string,
  signal: AbortSignal,
): Promise<string> => {
  const [from, until] = name.split('-').slice(1);
  const progress = createProgress({ label: 'recording', total: Number(until) - Number(from) });
  const onProgress: RecorderDeps['onProgress'] = ({ fromMs, doneMs, resumed }) => {
    if (resumed) deps.tell(`continuing ${name}`);
    progress.update((doneMs - fromMs) / 1000);
  };
  try {
    const phases = { phases: [], cleanUntil: undefined, faultFreeSpans: [], notes: [] };
    const recorded = await record(
      { ...deps, onProgress },
      { outDir, name, from, to: until, stepMs, sourceName, phases, restart: false },
      signal,
    );
    deps.tell(`${recorded.samples} samples of ${recorded.series} series recorded`);
    return recorded.dataPath;
  } finally {
    progress.stop();
  }
};
