import { appendFile, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  addModel,
  buildWindowShape,
  checkModel,
  currentVersion,
  findModel,
  previousVersion,
  promoteModel,
  readModel,
  readRegistry,
  saveModel,
} from '../../src/learning/index.ts';

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
