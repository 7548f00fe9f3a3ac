import { checkModel, parseManifest } from './model-manifest.ts';
import { buildWindowShape } from './window-shape.ts';

const built = buildWindowShape();

describe('parseManifest', () => {
  it('reads what was written', () => {
    expect(parseManifest(JSON.stringify(built.manifest))).toEqual(built.manifest);
  });

  it('names every problem of a wrong manifest', () => {
    const wrong = { ...built.manifest, sha256: 'short', format: 0, extra: 1 };
    expect(() => parseManifest(JSON.stringify(wrong))).toThrow(/sha256.*format|format.*sha256/);
    expect(() => parseManifest('{')).toThrow('not JSON');
  });

  it.each(['format', 'opset', 'irVersion'])('says that a model with a later %s is from a newer version', (key) => {
    const newer = { ...built.manifest, [key]: 99, fields: 'unknown here' };
    expect(() => parseManifest(JSON.stringify(newer))).toThrow(`newer version: its ${key} is 99`);
  });

  it('keeps what a trained model was made of', () => {
    const training = { dataSha256: 'a'.repeat(64), licence: 'MIT', windows: 10, seed: 1, steps: 5, metrics: { loss: 0.5 } };
    expect(parseManifest(JSON.stringify({ ...built.manifest, training })).training).toEqual(training);
    expect(() => parseManifest(JSON.stringify({ ...built.manifest, training: { ...training, licence: '' } }))).toThrow('licence');
  });
});

describe('checkModel', () => {
  it('accepts the model its manifest describes, for any catalogue where it needs none', () => {
    expect(() => checkModel(built, 'raw-1234')).not.toThrow();
  });

  it('refuses a model that was cut off, with both sizes', () => {
    const cut = { ...built, model: built.model.subarray(0, 100) };
    expect(() => checkModel(cut, 'raw-1')).toThrow(`has 100 bytes, its manifest says ${built.model.length}: it was cut off`);
  });

  it('refuses other bytes and another catalogue', () => {
    const other = { ...built, model: Uint8Array.of(...built.model.subarray(0, -1), 0xff) };
    expect(() => checkModel(other, 'raw-1234')).toThrow(expect.objectContaining({ code: 'conflict' }));
    const bound = { ...built, manifest: { ...built.manifest, catalogVersion: 'raw-1' } };
    expect(() => checkModel(bound, 'raw-2')).toThrow('made for catalogue raw-1');
    expect(() => checkModel(bound, 'raw-1')).not.toThrow();
  });
});
