import { appendFile, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  addModel,
  type BuiltModel,
  buildEncoder,
  buildEncoderTraining,
  buildWindowShape,
  checkModel,
  currentVersion,
  defaultEncoder,
  ENCODER,
  findModel,
  initialWeights,
  openModelFolder,
  previousVersion,
  promoteModel,
  readModel,
  readRegistry,
  saveModel,
} from '../../src/learning/index.ts';
import { seededRandom, systemClock } from '../../src/platform/index.ts';
import { openDirectSession } from '../../src/testing/direct-session.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bellwether-models-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const built = (version: string) => {
  const model = buildWindowShape();
  return { ...model, manifest: { ...model.manifest, version } };
};
const promote = (version: string, action: 'promote' | 'rollback' = 'promote') =>
  promoteModel(dir, version, { action, reason: 'test', nowMs: 5 });

describe('model registry', () => {
  it('keeps models and which one is at work, with its history', async () => {
    await addModel(dir, built('a'), 1);
    await addModel(dir, built('b'), 2);
    await addModel(dir, built('a'), 3);
    expect((await readRegistry(dir)).entries).toEqual([
      { version: 'a', addedAtMs: 1 },
      { version: 'b', addedAtMs: 2 },
    ]);
    await expect(findModel(dir)).rejects.toMatchObject({ code: 'not_found', message: expect.stringContaining('was promoted') });
    await promote('a');
    await promote('b');
    expect((await findModel(dir)).manifest.version).toBe('b');
    expect(previousVersion(await readRegistry(dir))).toBe('a');
    await promote('a', 'rollback');
    const registry = await readRegistry(dir);
    expect(currentVersion(registry)).toBe('a');
    expect(registry.history.map(({ version, action }) => `${action} ${version}`)).toEqual(['promote a', 'promote b', 'rollback a']);
  });

  it('refuses a version that it does not have, and a file that is damaged', async () => {
    await addModel(dir, built('a'), 1);
    await expect(promote('c')).rejects.toMatchObject({ code: 'not_found', message: expect.stringContaining('it has a') });
    await writeFile(join(dir, 'registry.json'), '{"format":1');
    await expect(readRegistry(dir)).rejects.toMatchObject({ code: 'invalid_input' });
    await writeFile(join(dir, 'registry.json'), '{"format":2,"entries":[],"history":[]}');
    await expect(readRegistry(dir)).rejects.toMatchObject({ code: 'invalid_input', message: expect.stringContaining('format') });
  });

  it('finds a single model in a folder without a registry', async () => {
    await saveModel(dir, built('a'));
    expect((await findModel(dir)).manifest.version).toBe('a');
  });
});

describe('a model on disk', () => {
  const path = (name: string): string => join(dir, 'models', 'a', name);
  const load = async () => {
    const model = await readModel(dir, 'a');
    checkModel(model, 'any');
    return model;
  };

  beforeEach(() => addModel(dir, built('a'), 1));

  it('is read back as it was', async () => {
    expect((await load()).manifest).toEqual(built('a').manifest);
  });

  it.each([
    ['cut off', (file: string) => truncate(file, 50), 'it was cut off'],
    ['longer', (file: string) => appendFile(file, 'x'), 'cut off or replaced'],
    [
      'changed in one byte',
      async (file: string) => {
        const bytes = await readFile(file);
        bytes[100]! ^= 1;
        await writeFile(file, bytes);
      },
      'its manifest says',
    ],
    ['gone', (file: string) => rm(file), 'no such file'],
  ])('is refused when it is %s', async (_, damage, message) => {
    await damage(path('model.onnx'));
    await expect(load()).rejects.toThrow(message);
  });

  it.each([
    ['text', 'hello', 'not JSON'],
    ['from a newer version', JSON.stringify({ ...built('a').manifest, format: 2 }), 'newer version'],
    ['without a hash', JSON.stringify({ ...built('a').manifest, sha256: undefined }), 'sha256'],
  ])('is refused with a manifest that is %s', async (_, text, message) => {
    await writeFile(path('manifest.json'), text);
    await expect(load()).rejects.toThrow(message);
  });
});

describe('openModelFolder', () => {
  const { parameters } = buildEncoderTraining(1);
  const training = { dataSha256: 'a'.repeat(64), licence: 'own', windows: 1, seed: 1, steps: 1, metrics: {} };
  const encoderOf = (version: string, seed: number): BuiltModel =>
    buildEncoder(initialWeights(parameters, seededRandom(seed)), version, training);
  const keep = async (model: BuiltModel): Promise<void> => {
    await addModel(dir, model, 1);
    await promote(model.manifest.version);
  };
  const window = () => new Float32Array(ENCODER.channels * ENCODER.windowLength).fill(1);

  /** Opens the folder; `next` waits for the next change that is told. */
  const open = async () => {
    const told: string[] = [];
    let wake = (): void => undefined;
    const encoder = await openModelFolder(
      {
        clock: systemClock,
        open: openDirectSession,
        onChange: (change) => {
          told.push('version' in change ? change.version : change.refused);
          wake();
        },
      },
      { dir, watchIntervalMs: 10 },
    );
    const next = async (): Promise<string> => {
      if (told.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      return told.shift()!;
    };
    return { encoder, next };
  };

  it('lets a newly promoted model take the place of the old one', async () => {
    await keep(encoderOf('one', 1));
    const { encoder, next } = await open();
    const before = await encoder.embed(1, window());
    await keep(encoderOf('two', 2));
    expect(await next()).toBe('two');
    expect(encoder.version).toBe('two');
    expect(await encoder.embed(1, window())).not.toEqual(before);
    expect(encoder.changes).toEqual({ accepted: 1, refused: 0 });
    await encoder.close();
  });

  it('begins with the encoder of the program where the folder may be empty, until a model is promoted there', async () => {
    await expect(openModelFolder({ clock: systemClock, open: openDirectSession, onChange: () => undefined }, { dir })).rejects.toThrow(
      /no such file/,
    );
    const told: string[] = [];
    let wake = (): void => undefined;
    const changed = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const encoder = await openModelFolder(
      {
        clock: systemClock,
        open: openDirectSession,
        onChange: (change) => {
          told.push('version' in change ? change.version : change.refused);
          wake();
        },
      },
      { dir, watchIntervalMs: 10, mayBeEmpty: true },
    );
    expect([encoder.version, encoder.isFallback]).toEqual([defaultEncoder().manifest.version, true]);
    // Kept without being promoted: nothing changes, and nothing is wrong.
    await addModel(dir, encoderOf('zero', 7), 1);
    await keep(encoderOf('one', 1));
    await changed;
    expect([told, encoder.version, encoder.isFallback]).toEqual([['one'], 'one', false]);
    expect(encoder.changes).toEqual({ accepted: 1, refused: 0 });
    await encoder.close();
  });

  it('does not take a promoted model that is gone for an empty folder', async () => {
    await keep(encoderOf('one', 1));
    await rm(join(dir, 'models', 'one'), { recursive: true });
    const deps = { clock: systemClock, open: openDirectSession, onChange: () => undefined };
    await expect(openModelFolder(deps, { dir, mayBeEmpty: true })).rejects.toThrow(/no such file/);
  });

  it.each([
    ['cut off', async () => truncate(join(dir, 'models', 'two', 'model.onnx'), 100), 'it was cut off'],
    [
      'from a newer version',
      async () => writeFile(join(dir, 'models', 'two', 'manifest.json'), JSON.stringify({ ...encoderOf('two', 2).manifest, format: 9 })),
      'newer version',
    ],
    ['of another kind', async () => saveModel(join(dir, 'models', 'two'), built('two')), 'does not turn windows'],
    [
      'of another catalogue',
      async () => {
        const other = encoderOf('two', 2);
        await saveModel(join(dir, 'models', 'two'), { ...other, manifest: { ...other.manifest, catalogVersion: 'raw-9' } });
      },
      'catalogue raw-9',
    ],
    [
      'silent',
      async () => {
        const { model, manifest } = buildEncoder(new Float32Array(initialWeights(parameters, seededRandom(1)).length), 'two', training);
        await saveModel(join(dir, 'models', 'two'), { model, manifest });
      },
      'the same answer for a spike',
    ],
  ])('keeps the old model when the new one is %s, and says why', async (_, damage, reason) => {
    await keep(encoderOf('one', 1));
    const { encoder, next } = await open();
    const before = await encoder.embed(1, window());
    await addModel(dir, encoderOf('two', 2), 1);
    await damage();
    await promote('two');
    expect(await next()).toContain(reason);
    expect(encoder.version).toBe('one');
    expect(await encoder.embed(1, window())).toEqual(before);
    expect(encoder.changes).toEqual({ accepted: 0, refused: 1 });
    await encoder.close();
  });

  it('refuses to begin without a model', async () => {
    await expect(open()).rejects.toMatchObject({ code: 'not_found' });
  });
});
