// One model through the session thread: time of a run and of a call for 1, 1,000 and 10,000 workloads; [repeats]
import { buildWindowShape, createModelSession, createWindowRowModel, spawnSessionThread, WINDOW_SHAPE } from '../src/learning/index.ts';
import { seededRandom, systemClock } from '../src/platform/index.ts';
import { median, printBar, printHead } from './report.ts';

const SEED = 1;
const BATCHES = [1, 1000, 10_000];
/** An event loop that is never held longer than this answers probes and scrapes in time. */
const LOOP_BAR_MS = 20;
/** A call for 10,000 workloads is a hundredth of a tick's budget of 2 s. */
const CALL_BAR_MS = 20;

const random = seededRandom(SEED);
const numbers = (length: number): Float32Array => Float32Array.from({ length }, () => 2 * random() - 1);
const repeats = Number(process.argv[2] ?? 50);

const built = buildWindowShape();
await printHead({
  bench: 'onnx-session',
  seed: SEED,
  inputs: [
    { name: `model ${built.manifest.id} ${built.manifest.version}, ${built.model.length} bytes`, source: { bytes: built.model } },
    {
      name: 'uniform windows',
      source: { text: `seed ${SEED}, window ${WINDOW_SHAPE.windowLength}, batches ${BATCHES.join()}, ${repeats} repeats` },
    },
  ],
});

const startMs = performance.now();
const session = await createModelSession(
  { clock: systemClock, spawn: spawnSessionThread },
  { model: built.model, threads: 1, maxQueue: 4, timeoutMs: 30_000 },
);
const model = createWindowRowModel(built.manifest, session);
let isReached = printBar({ name: 'start of the thread until the model is loaded', value: performance.now() - startMs, unit: 'ms' });

/** Longest time in which the event loop did not turn, while work is awaited. */
const longestHold = async (work: () => Promise<unknown>): Promise<number> => {
  let longest = 0;
  let last = performance.now();
  let isDone = false;
  const turn = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (!isDone) setImmediate(turn);
  };
  setImmediate(turn);
  await work();
  isDone = true;
  return Math.max(longest, performance.now() - last);
};

for (const rows of BATCHES) {
  const calls: number[] = [];
  const runs: number[] = [];
  const holds: number[] = [];
  for (let i = 0; i < repeats; i++) {
    const batch = { rows, windows: numbers(rows * WINDOW_SHAPE.windowLength), level: numbers(rows), scale: numbers(rows).fill(1) };
    const callMs = performance.now();
    await model.evaluate(batch);
    calls.push(performance.now() - callMs);
    runs.push(session.stats.lastRunMs);
  }
  for (let i = 0; i < Math.min(repeats, 10); i++) {
    const batch = { rows, windows: numbers(rows * WINDOW_SHAPE.windowLength), level: numbers(rows), scale: numbers(rows).fill(1) };
    holds.push(await longestHold(() => model.evaluate(batch)));
  }
  const atMost = rows === 10_000 ? { atMost: CALL_BAR_MS } : {};
  isReached = printBar({ name: `${rows} workloads, inside the runtime`, value: median(runs), unit: 'ms' }) && isReached;
  isReached = printBar({ name: `${rows} workloads, call to answer`, value: median(calls), unit: 'ms', ...atMost }) && isReached;
  isReached = printBar({ name: `${rows} workloads, event loop held`, value: median(holds), unit: 'ms', atMost: LOOP_BAR_MS }) && isReached;
}
printBar({ name: 'memory of the process', value: process.memoryUsage().rss / 2 ** 20, unit: 'MiB' });
await session.close();
process.exitCode = isReached ? 0 : 1;
