import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { defaultCatalog } from '../../features/index.ts';
import { createProgress, openWriteStream, writeFileAtomic } from '../../platform/index.ts';
import { eventsJson } from './events-json.ts';
import { rawMetricsText } from './raw-metrics.ts';
import { type RecordingOptions, simulateRecording } from './simulate-recording.ts';

/** Where a written recording is. */
export interface WrittenRecording {
  readonly gauges: string;
  readonly events: string;
  readonly raw: string | undefined;
}

const writeText = async (path: string, pieces: Iterable<string>): Promise<void> => {
  await pipeline(Readable.from(pieces, { objectMode: false }), await openWriteStream(path));
};

const PROGRESS_TOTAL = 1000;

/** Simulates and writes `simulated-SEED.om.gz`, `.events.json` and, if asked for, `simulated-SEED-raw.om.gz` into a folder. */
export const writeRecording = async (dir: string, options: RecordingOptions): Promise<WrittenRecording> => {
  const name = `simulated-${options.seed}`;
  const paths: WrittenRecording = {
    gauges: `${dir}/${name}.om.gz`,
    events: `${dir}/${name}.events.json`,
    raw: options.raw ? `${dir}/${name}-raw.om.gz` : undefined,
  };
  const progress = createProgress({ label: 'simulating', total: PROGRESS_TOTAL, stream: process.stderr });
  const recording = simulateRecording(options, (share) => progress.update(Math.round(share * PROGRESS_TOTAL)));
  progress.stop();
  await writeText(paths.gauges, recording.gauges.text());
  const head = {
    name,
    seed: options.seed,
    stepSeconds: options.stepMs / 1000,
    cleanUntilMs: recording.cleanUntilMs,
    entities: recording.gauges.entities(),
    families: new Set(defaultCatalog().features.map((feature) => feature.name)),
  };
  await writeFileAtomic(paths.events, [Buffer.from(eventsJson(head, recording.truth))]);
  if (recording.raw && paths.raw) await writeText(paths.raw, rawMetricsText(recording.raw, options.startMs, recording.endMs));
  return paths;
};
