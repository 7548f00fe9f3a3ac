import { type Clock, createProgress, listFiles } from '../platform/index.ts';
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
 * the same hours is used as it is. Rejects as the recorder does.
 */
export const recordTrainingData = async (
  deps: RecordTrainingDeps,
  options: RecordTrainingOptions,
  signal: AbortSignal,
): Promise<string> => {
  const outDir = `${options.out}/recordings`;
  const to = Math.floor(deps.clock.nowMs() / 1000 / HOUR_SECONDS) * HOUR_SECONDS;
  const files = await listFiles(outDir);
  const stopped = files.find((name) => name.startsWith('prometheus-') && name.endsWith(STATE));
  const name = stopped?.slice(0, -STATE.length) ?? `prometheus-${to - options.hours * HOUR_SECONDS}-${to}`;
  if (stopped === undefined && files.includes(`${name}${DATA}`)) {
    deps.tell(`${name} is there already`);
    return `${outDir}/${name}${DATA}`;
  }
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
      { outDir, name, from, to: until, stepMs: options.stepMs, sourceName: options.sourceName, phases, restart: false },
      signal,
    );
    deps.tell(`${recorded.samples} samples of ${recorded.series} series recorded`);
    return recorded.dataPath;
  } finally {
    progress.stop();
  }
};
