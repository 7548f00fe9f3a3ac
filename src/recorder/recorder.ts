import { join } from 'node:path';
import type { FeatureCatalog } from '../features/index.ts';
import { BellwetherError, type Clock, listFiles, removeTree, writeFileAtomic } from '../platform/index.ts';
import type { SeriesSource } from '../prometheus/index.ts';
import { formatEvents, phaseWarnings } from './events-text.ts';
import { narrowParts, type RecordingContent, writeRecording } from './merge-parts.ts';
import type { Phases } from './phases-file.ts';
import { recordWindow } from './record-window.ts';
import { createStateStore, type RecordingState } from './recording-state.ts';
import { formatTime, parseTime, TIME_FORMS } from './utc-time.ts';

export interface RecorderDeps {
  readonly source: SeriesSource;
  readonly catalog: FeatureCatalog;
  readonly clock: Clock;
  /** Told after every window. */
  readonly onProgress?: (progress: RecorderProgress) => void;
}

export interface RecorderProgress {
  readonly fromMs: number;
  readonly doneMs: number;
  /** Undefined for a live recording without an end. */
  readonly toMs: number | undefined;
  /** An earlier run had come this far. */
  readonly resumed: boolean;
}

export interface RecorderOptions {
  readonly outDir: string;
  /** File name without its endings. */
  readonly name: string;
  /** As in `parseTime`; absent: now. */
  readonly from?: string | undefined;
  /** As in `parseTime`; absent: now for a stretch that began in the past, else until the signal. */
  readonly to?: string | undefined;
  readonly stepMs: number;
  readonly phases: Phases;
  /** Named in the events file; no credentials. */
  readonly sourceName: string;
  /** Throw away what is there under this name. */
  readonly restart: boolean;
  /** Length of the stretch that is lost when the process is killed. Default 1 h. */
  readonly windowMs?: number;
  /** Samples held in memory, about 20 bytes each. Default 2 million. */
  readonly maxSamples?: number;
}

export interface RecordedFiles extends Omit<RecordingContent, 'units'> {
  readonly dataPath: string;
  readonly eventsPath: string;
  readonly warnings: readonly string[];
}

// The signal that ends a live recording must not end the reading of its last window; every read has a deadline of its own.
const UNSTOPPED = new AbortController().signal;
const HOUR_MS = 3_600_000;
const MAX_SAMPLES = 2_000_000;
// A sample is in Prometheus a moment after its scrape, and in a recording rule's series one evaluation later.
const SETTLE_MS = 60_000;
// At the end of a live recording nobody waits that long: its last instant is this far back.
const TAIL_MS = 10_000;

/**
 * Records a stretch of time, window by window; a run that was killed is continued by the same call and gives the same bytes.
 * When the signal is aborted a live recording without an end is finished; any other one rejects with `cancelled` and can be continued.
 */
export const record = async (deps: RecorderDeps, options: RecorderOptions, signal: AbortSignal): Promise<RecordedFiles> => {
  const paths = pathsOf(options);
  const store = createStateStore(paths.state);
  const asked = askedOf(options, deps.catalog);
  if (options.restart) await discard(paths);
  const earlier = await store.load(asked);
  if (!earlier) await refuseFinished(options, paths);
  const state: Omit<RecordingState, 'version'> = earlier ?? { asked, ...rangeOf(options, deps.clock.nowMs()), windows: [] };
  const windows = [...state.windows];
  const toMs = state.toMs ?? undefined;
  const doneMs = (): number => windows.at(-1)?.endMs ?? state.fromMs;
  const report = (resumed: boolean): void => deps.onProgress?.({ fromMs: state.fromMs, doneMs: doneMs(), toMs, resumed });
  await store.save({ ...state, windows });
  report(earlier !== undefined);

  while (toMs === undefined || doneMs() < toMs) {
    const startMs = doneMs();
    const fullMs = Math.min(startMs + (options.windowMs ?? HOUR_MS), toMs ?? Infinity);
    const endMs = await waitFor(fullMs, toMs === undefined, options.stepMs, deps.clock, signal);
    if (endMs <= startMs) break;
    const partPath = (part: number): string => paths.part(windows.length, part);
    const window = { startMs, endMs, stepMs: options.stepMs, maxSamples: options.maxSamples ?? MAX_SAMPLES, partPath };
    windows.push({ endMs, parts: await recordWindow(deps, window, toMs === undefined ? UNSTOPPED : signal) });
    await store.save({ ...state, windows });
    report(false);
    if (endMs < fullMs) break;
  }
  return finish(deps, options, paths, { ...state, windows });
};

interface RecordingPaths {
  readonly data: string;
  readonly events: string;
  readonly state: string;
  readonly parts: string;
  part(window: number, part: number): string;
  merged(index: number): string;
}

const pathsOf = ({ outDir, name }: RecorderOptions): RecordingPaths => {
  const parts = join(outDir, `${name}.parts`);
  const digits = (n: number): string => String(n).padStart(6, '0');
  return {
    data: join(outDir, `${name}.om.gz`),
    events: join(outDir, `${name}.events.json`),
    state: join(outDir, `${name}.state.json`),
    parts,
    part: (window, part) => join(parts, `${digits(window)}-${digits(part)}.gz`),
    merged: (index) => join(parts, `merged-${digits(index)}.gz`),
  };
};

/** What decides the bytes of a recording, as it was asked for: the same command line continues, another one does not. */
const askedOf = (
  { from, to, stepMs, windowMs = HOUR_MS, maxSamples = MAX_SAMPLES }: RecorderOptions,
  catalog: FeatureCatalog,
): Record<string, string> => ({
  ...(from === undefined ? {} : { '--from': from }),
  ...(to === undefined ? {} : { '--to': to }),
  '--step': `${stepMs / 1000} s`,
  window: `${windowMs / 1000} s`,
  'samples in memory': String(maxSamples),
  features: catalog.version,
});

const rangeOf = ({ from, to, stepMs }: RecorderOptions, nowMs: number): { fromMs: number; toMs: number | null } => {
  const read = (text: string, option: string): number => {
    const ms = parseTime(text, nowMs);
    if (ms === undefined) throw new BellwetherError('invalid_input', `${option} is ${text}, but must be a time: ${TIME_FORMS}`);
    return ms;
  };
  const onGrid = (ms: number): number => Math.ceil(ms / stepMs) * stepMs;
  const fromMs = onGrid(from === undefined ? nowMs : read(from, '--from'));
  const toMs = to !== undefined ? onGrid(read(to, '--to')) : fromMs < nowMs ? onGrid(nowMs - SETTLE_MS) : null;
  if (toMs !== null && toMs <= fromMs)
    throw new BellwetherError('invalid_input', `--to (${formatTime(toMs)}) must be later than --from (${formatTime(fromMs)})`);
  return { fromMs, toMs };
};

const discard = async (paths: RecordingPaths): Promise<void> => {
  for (const path of [paths.state, paths.parts, paths.data, paths.events]) await removeTree(path);
};

const refuseFinished = async ({ outDir, name }: RecorderOptions, paths: RecordingPaths): Promise<void> => {
  if (!(await listFiles(outDir)).includes(`${name}.om.gz`)) return;
  throw new BellwetherError('conflict', `${paths.data} is there already. Give another --name, or --restart to throw it away`);
};

/** Waits until Prometheus has everything before `endMs`. Gives `endMs`, or less where an open end was reached by the signal. */
const waitFor = async (endMs: number, openEnd: boolean, stepMs: number, clock: Clock, signal: AbortSignal): Promise<number> => {
  const leftMs = (): number => endMs + SETTLE_MS - clock.nowMs();
  if (leftMs() > 0 && !signal.aborted) await clock.sleep(leftMs(), signal);
  if (!signal.aborted || leftMs() <= 0) {
    if (signal.aborted && !openEnd) throw cancelled();
    return endMs;
  }
  if (!openEnd) throw cancelled();
  return Math.min(endMs, Math.floor((clock.nowMs() - TAIL_MS) / stepMs) * stepMs);
};

const cancelled = (): BellwetherError => new BellwetherError('cancelled', 'stopped; the same command continues this recording');

const finish = async (
  { catalog }: RecorderDeps,
  options: RecorderOptions,
  paths: RecordingPaths,
  { fromMs, windows }: Omit<RecordingState, 'version'>,
): Promise<RecordedFiles> => {
  const parts = windows.flatMap(({ parts: count }, window) => Array.from({ length: count }, (_, part) => paths.part(window, part)));
  const help = new Map(catalog.features.map((feature) => [feature.name, feature.help]));
  const { units, ...content } = await writeRecording(
    paths.data,
    await narrowParts(parts, paths.merged),
    (family) => help.get(family) ?? '',
  );
  const endMs = windows.at(-1)?.endMs ?? fromMs;
  const head = {
    name: options.name,
    stepSeconds: options.stepMs / 1000,
    source: options.sourceName,
    recordedFrom: formatTime(fromMs),
    recordedTo: formatTime(endMs),
  };
  await writeFileAtomic(paths.events, [new TextEncoder().encode(formatEvents(head, units, options.phases))]);
  await removeTree(paths.parts);
  await removeTree(paths.state);
  return {
    ...content,
    dataPath: paths.data,
    eventsPath: paths.events,
    warnings: phaseWarnings(options.phases, units, fromMs / 1000, endMs / 1000),
  };
};
