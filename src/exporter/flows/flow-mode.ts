import { load } from 'js-yaml';
import {
  type AddressMap,
  allowedShareOf,
  createFlowWatch,
  createTableBuilder,
  createTaughtDetector,
  type FlowVerdict,
  type FlowWatch,
  FOLLOW_DEPS,
  followFolder,
  lessonOf,
  loadFlowModel,
  openFlowDetector,
  parseAddressMap,
  readFollowState,
  readLessons,
  type StoredFlowModel,
  writeFollowState,
  writeLessons,
} from '../../flows/index.ts';
import { BellwetherError, type Clock, describeError, type Logger, readFile, watchFile } from '../../platform/index.ts';
import type { ExporterConfig } from '../config/schema.ts';
import type { ExporterInstruments } from '../self/self-metrics.ts';

const SECOND_MS = 1000;
const MAX_MAP_BYTES = 64 * 2 ** 20;
const MAX_WORKLOADS = 100_000;
/** How often the list of addresses is looked at. */
const MAP_INTERVAL_MS = 5_000;

/** Network flows of an exporter. */
export interface FlowMode {
  readonly stored: StoredFlowModel;
  readonly watch: FlowWatch;
  /** Teaches the detector what a verdict says of findings; false where it says nothing of any, or was heard before. */
  teach(verdict: FlowVerdict): boolean;
  /** As if it had never been said; false for a verdict that taught nothing. */
  unteach(id: string): boolean;
  /** Reads the folder, where there is one, until the signal. Never rejects. */
  run(signal: AbortSignal, instruments: ExporterInstruments): Promise<void>;
  close(): void;
}

const readMap = async (path: string): Promise<AddressMap> => {
  const text = new TextDecoder().decode(await readFile(path, { maxBytes: MAX_MAP_BYTES }));
  let value: unknown;
  try {
    value = load(text);
  } catch (error) {
    throw new BellwetherError('invalid_input', `${path} is not YAML`, error);
  }
  return parseAddressMap(value, path);
};

/** Opens the model of `flows.model`; undefined where there is none. Rejects where the model or the list of addresses cannot be used. */
export const openFlowMode = async (config: ExporterConfig['flows'], clock: Clock, log: Logger): Promise<FlowMode | undefined> => {
  const { model: dir, folder, workloads: mapPath, stateFile } = config;
  if (dir === undefined) return undefined;
  const stored = await loadFlowModel(dir);
  let map: AddressMap = mapPath === undefined ? () => undefined : await readMap(mapPath);
  const reload = async (path: string): Promise<void> => {
    try {
      map = await readMap(path);
    } catch (error) {
      log.error({ reason: describeError(error) }, 'the new list of addresses is wrong, the old one stays');
    }
  };
  const watcher =
    mapPath === undefined ? undefined : watchFile(mapPath, () => void reload(mapPath), { clock, intervalMs: MAP_INTERVAL_MS });
  const taught = createTaughtDetector(stored.model);
  const lessonFile = stateFile === undefined ? undefined : `${stateFile}.lessons.json`;
  if (taught && lessonFile !== undefined) for (const lesson of await readLessons(lessonFile)) taught.teach(lesson);
  const keepLessons = (): void => {
    if (!taught || lessonFile === undefined) return;
    writeLessons(lessonFile, taught.lessons).catch((error: unknown) =>
      log.error({ reason: describeError(error) }, 'what flows were taught cannot be kept: it is lost with the next restart'),
    );
  };
  const watch = createFlowWatch(taught ?? openFlowDetector(stored.model), (address) => map(address), {
    allowedShare: allowedShareOf(stored.model),
    holdMs: config.holdSeconds * SECOND_MS,
    maxFindings: config.maxFindings,
    maxWorkloads: MAX_WORKLOADS,
  });

  const follow = async (path: string, signal: AbortSignal, m: ExporterInstruments): Promise<void> => {
    const state = stateFile === undefined ? { format: 1 as const, outputBytes: 0, files: [] } : await readFollowState(stateFile);
    const builder = createTableBuilder();
    await followFolder(
      { ...FOLLOW_DEPS, clock, tell: (reason) => log.warn({ reason }, 'flow files') },
      { folder: path, intervalMs: config.intervalSeconds * SECOND_MS },
      state,
      {
        flow: ({ flow }) => builder.add(flow),
        problem: (file, problem) => {
          m.flowUnreadable.inc();
          log.debug({ file, ...problem }, 'a flow could not be read');
        },
        commit: async (files) => {
          const table = builder.table();
          for (const { score, family } of watch.take(table)) if (score >= 1) m.flowFindings.inc({ family });
          for (const { client, service } of table.conversations) m.flowUnmapped.inc(Number(!map(client)) + Number(!map(service)));
          m.flowCount.inc(table.matrix.count);
          m.flowLastRead.set(clock.nowMs() / SECOND_MS);
          m.cycles.inc({ loop: 'flows' });
          builder.clear();
          if (stateFile !== undefined) await writeFollowState(stateFile, { format: 1, outputBytes: 0, files: [...files] });
        },
      },
      signal,
    );
  };

  return {
    stored,
    watch,
    teach: (verdict) => {
      if (!taught || taught.lessons.some(({ id }) => id === verdict.id)) return false;
      const lesson = lessonOf(verdict, watch.findings);
      if (!lesson) return false;
      taught.teach(lesson);
      keepLessons();
      return true;
    },
    unteach: (id) => {
      const isKnown = taught?.unteach(id) ?? false;
      if (isKnown) keepLessons();
      return isKnown;
    },
    run: async (signal, m) => {
      m.flowModelInfo.set({ version: stored.version }, 1);
      if (folder === undefined) return;
      m.flowLastRead.set(clock.nowMs() / SECOND_MS);
      while (!signal.aborted) {
        try {
          await follow(folder, signal, m);
        } catch (error) {
          m.cycleFailures.inc({ loop: 'flows', reason: error instanceof BellwetherError ? error.code : 'internal' });
          log.error({ reason: describeError(error) }, 'reading flows failed; it is tried again');
          await clock.sleep(config.intervalSeconds * SECOND_MS, signal);
        }
      }
    },
    close: () => watcher?.close(),
  };
};
