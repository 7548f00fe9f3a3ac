// One folder of models, watched as the exporter does it, whose model at work changes again and again.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  addModel,
  buildEncoder,
  buildEncoderTraining,
  createModelSession,
  ENCODER,
  initialWeights,
  openModelFolder,
  promoteModel,
  spawnSessionThread,
} from '../../src/learning/index.ts';
import { seededRandom, systemClock } from '../../src/platform/index.ts';

const VERSIONS = ['one', 'two'] as const;
const TRAINING = { dataSha256: 'a'.repeat(64), licence: 'own', windows: 1, seed: 1, steps: 1, metrics: {} };
const WATCH_MS = 5;
const ROWS = 16;
const SESSION = { threads: 1, maxQueue: 2, timeoutMs: 60_000 } as const;
const SAMPLE_EVERY = 10;

/** Least squares slope of y over its index. */
const slopeOf = (y: readonly number[]): number => {
  const middle = (y.length - 1) / 2;
  const mean = y.reduce((sum, v) => sum + v, 0) / y.length;
  let above = 0;
  let below = 0;
  for (const [i, v] of y.entries()) {
    above += (i - middle) * (v - mean);
    below += (i - middle) ** 2;
  }
  return below > 0 ? above / below : 0;
};

export interface SwapFigures {
  readonly accepted: number;
  readonly refused: number;
  readonly failures: number;
  readonly kbPerSwap: number;
  readonly rssMb: number;
}

export const swapModels = async ({ seed, swaps }: { readonly seed: number; readonly swaps: number }): Promise<SwapFigures> => {
  const dir = mkdtempSync(join(tmpdir(), 'model-swaps-'));
  const { parameters } = buildEncoderTraining(1);
  try {
    for (const [i, version] of VERSIONS.entries())
      await addModel(dir, buildEncoder(initialWeights(parameters, seededRandom(seed + i)), version, TRAINING), 1);
    const promote = (version: string) => promoteModel(dir, version, { action: 'promote', reason: 'soak', nowMs: systemClock.nowMs() });
    await promote(VERSIONS[0]);
    let changed = (): void => undefined;
    const encoder = await openModelFolder(
      {
        clock: systemClock,
        open: (model) => createModelSession({ clock: systemClock, spawn: spawnSessionThread }, { model, ...SESSION }),
        onChange: () => changed(),
      },
      { dir, watchIntervalMs: WATCH_MS },
    );
    const rss: number[] = [];
    let failures = 0;
    const windows = () => new Float32Array(ROWS * ENCODER.channels * ENCODER.windowLength).fill(1);
    for (let swap = 1; swap <= swaps; swap++) {
      const told = new Promise<void>((resolve) => (changed = resolve));
      await promote(VERSIONS[swap % 2]!);
      // Work goes on while the new model is loaded.
      await encoder.embed(ROWS, windows()).catch(() => failures++);
      await told;
      await encoder.embed(ROWS, windows()).catch(() => failures++);
      if (swap % SAMPLE_EVERY === 0) rss.push(process.memoryUsage.rss());
    }
    const { accepted, refused } = encoder.changes ?? { accepted: 0, refused: 0 };
    await encoder.close();
    const later = rss.slice(rss.length >> 1);
    return { accepted, refused, failures, kbPerSwap: slopeOf(later) / SAMPLE_EVERY / 1024, rssMb: (rss.at(-1) ?? 0) / 2 ** 20 };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
};
