import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  buildWindowShape,
  checkModel,
  createModelSession,
  createWindowRowModel,
  loadModel,
  type ModelSessionOptions,
  saveModel,
  spawnSessionThread,
  WINDOW_SHAPE,
} from '../../src/learning/index.ts';
import { systemClock } from '../../src/platform/index.ts';

const W = WINDOW_SHAPE.windowLength;
const built = buildWindowShape();
const options: ModelSessionOptions = { model: built.model, threads: 1, maxQueue: 4, timeoutMs: 30_000 };
const open = (more: Partial<ModelSessionOptions> = {}) =>
  createModelSession({ clock: systemClock, spawn: spawnSessionThread }, { ...options, ...more });

const rowsOf = (rows: number) => ({
  rows,
  windows: Float32Array.from({ length: rows * W }, (_, i) => (i % W === W - 1 ? 6 : 0)),
  level: new Float32Array(rows),
  scale: new Float32Array(rows).fill(1),
});

describe('createModelSession with a real thread', () => {
  it('runs a model, takes the buffers over and leaves the event loop free', async () => {
    const session = await open();
    const model = createWindowRowModel(built.manifest, session);
    let rows = rowsOf(10_000);
    let ticks = 0;
    const timer = setInterval(() => ticks++, 0);
    let errors = await model.evaluate(rows);
    // A run takes about a millisecond: on a busy machine the timer may have no turn in one of them.
    for (let again = 0; again < 100 && ticks === 0; again++) {
      rows = rowsOf(10_000);
      errors = await model.evaluate(rows);
    }
    clearInterval(timer);
    expect(errors).toHaveLength(10_000);
    expect(new Set(errors).size).toBe(1);
    expect(errors[0]).toBeGreaterThan(1);
    expect(rows.windows).toHaveLength(0);
    expect(ticks).toBeGreaterThan(0);
    await session.close();
  });

  it('says why inputs of a wrong shape are refused, and goes on', async () => {
    const session = await open();
    await expect(session.run({ window: { dims: [1, 2], data: new Float32Array(2) } })).rejects.toMatchObject({ code: 'invalid_input' });
    expect(await createWindowRowModel(built.manifest, session).evaluate(rowsOf(1))).toHaveLength(1);
    await session.close();
  });

  it('refuses bytes that are no model', async () => {
    await expect(open({ model: Uint8Array.of(1, 2, 3) })).rejects.toMatchObject({ code: 'invalid_input' });
  });

  it('ends between runs when it is closed during one', async () => {
    const session = await open();
    const running = createWindowRowModel(built.manifest, session).evaluate(rowsOf(50_000));
    await session.close();
    expect(await running).toHaveLength(50_000);
  });
});

describe('saveModel and loadModel', () => {
  it('keep a model and its manifest together on disk', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bellwether-model-'));
    await saveModel(folder, built);
    const loaded = await loadModel(folder);
    checkModel(loaded, 'raw-1');
    expect(loaded.manifest).toEqual(built.manifest);
    await rm(folder, { recursive: true });
  });
});
